class F < ActiveRecord::Migration[6.1]
  NOTE = 'a # b'; disable_ddl_transaction! # why
end
