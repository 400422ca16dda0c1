class A < ActiveRecord::Migration[6.1]
  disable_ddl_transaction!

  def change
    create_table :things
  end
end
