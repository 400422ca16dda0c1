class G < ActiveRecord::Migration[6.1]
  def change
    create_table :things
  end
end
__END__
disable_ddl_transaction!
