class C < ActiveRecord::Migration[6.1]
  NOTE = "disable_ddl_transaction! is not called"
  def change
    create_table :things
  end
end
