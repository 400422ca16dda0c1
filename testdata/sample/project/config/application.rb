require_relative "boot"
require "rails"
require "active_record/railtie"

module Notebook
  class Application < Rails::Application
    config.load_defaults 6.1
  end
end
