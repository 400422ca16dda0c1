# active_record.rb URL WORD...: what Rails' own migrator says of the folder db/migrate and of the database.
#   migrate | rollback | status (one line a version) | pending (exit 1 where there is something to run)
#   protect (what db:drop asks first) | dump (db/structure.sql, as db:schema:dump writes it) | load (and as
#   db:schema:load reads it) | current (exit 1 where that file is not what was loaded)
require "active_record"

url, *words = ARGV
ActiveRecord::Base.logger = nil
ActiveRecord::Migration.verbose = false
ActiveRecord::Base.establish_connection(url)
context = ActiveRecord::MigrationContext.new("db/migrate", ActiveRecord::SchemaMigration)

tasks = ActiveRecord::Tasks::DatabaseTasks
tasks.root = tasks.db_dir = "db"
config = ActiveRecord::Base.connection_db_config

words.each do |word|
  case word
  when "migrate" then context.migrate
  when "rollback" then context.rollback(1)
  when "status" then context.migrations_status.each { |state, version, _name| puts "#{state} #{version}" }
  when "pending" then exit 1 if context.needs_migration?
  when "protect" then ActiveRecord::Tasks::DatabaseTasks.check_protected_environments!
  when "dump" then tasks.dump_schema(config, :sql)
  when "load" then tasks.load_schema(config, :sql)
  when "current" then exit 1 unless tasks.schema_up_to_date?(config, :sql)
  else abort "no such word: #{word}"
  end
end
