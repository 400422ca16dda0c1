=begin
disable_ddl_transaction!
=end
class E < ActiveRecord::Migration[6.1]
end
