class D < ActiveRecord::Migration[6.1]
  def up
    execute <<~SQL
      disable_ddl_transaction!
    SQL
  end
end
