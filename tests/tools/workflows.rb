# workflows.rb README ACTION: whether the YAML that the README shows is what GitHub, GitLab and the action itself take.
# Prints what is wrong.
require "yaml"

readme, action = ARGV
about = YAML.load_file(action)
blocks = File.read(readme).scan(/^```yml\n(.*?)^```$/m).flatten
wrong = []
pinned = /@[0-9a-f]{40}\z/

check_use = lambda do |use|
  next if use =~ %r{\AOWNER/merganser/\.github/actions/merganser@COMMIT\z} || use =~ pinned
  wrong << "#{use} is not pinned by a commit"
end

steps = lambda do |of|
  of.each do |step|
    check_use.(step["uses"]) if step["uses"]
    next unless step["uses"].to_s.start_with?("OWNER/merganser")
    (step["with"] || {}).each_key { |key| wrong << "the action has no input #{key}" unless about["inputs"].key?(key) }
    about["inputs"].each { |key, input| wrong << "#{key} is missing" if input["required"] && !(step["with"] || {}).key?(key) }
  end
end

steps.(about["runs"]["steps"].map { |step| step.slice("uses") })
about["runs"]["steps"].each do |step|
  wrong << "a script has an expression in it: #{step["run"]}" if step["run"].to_s.include?("${{")
end
blocks.each do |text|
  read = YAML.safe_load(text)
  jobs = read["jobs"] || read.reject { |_, job| !job.is_a?(Hash) || !job["steps"] }
  wrong << "pull_request_target" if text.include?("pull_request_target")
  wrong << "no permissions" if read["jobs"] && read["permissions"] != { "contents" => "read" }
  jobs.each_value { |job| steps.(job["steps"]) }
  text.scan(/steps\.merganser\.outputs\.([\w-]+)/).flatten.each do |name|
    wrong << "the action has no output #{name}" unless about["outputs"].key?(name)
  end
  (read.values.grep(Hash).filter_map { |job| job.dig("artifacts", "reports") }).each do |reports|
    reports.each_value { |file| wrong << "nothing writes #{file}" unless text.include?("=#{file}") }
  end
end
wrong << "there are #{blocks.size} blocks" if blocks.size < 3
puts wrong
