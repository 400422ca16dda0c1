# runner.rb EVENT PAYLOAD WORKSPACE STATE [INPUT=VALUE...]: runs the steps of the action as GitHub's runner does, beside a
# GitHub on loopback that keeps a pull request's comments in STATE/comments.json. STATE gets log, summary, outputs.json
# and requests, one a line; what is under way has STATE/runner as its RUNNER_TEMP.
require "fileutils"
require "json"
require "open3"
require "socket"
require "yaml"

# The part of GitHub's expressions that action.yml uses: docs.github.com, "Evaluate expressions in workflows and actions".
class Expression
  TOKEN = /\s*(\|\||&&|==|!=|!|\(|\)|'(?:[^']|'')*'|[A-Za-z_][\w.-]*)/

  def initialize(contexts, failed)
    @contexts, @failed = contexts, failed
  end

  def evaluate(text)
    @tokens = text.scan(TOKEN).flatten
    raise "not understood: #{text}" unless @tokens.join == text.gsub(/('(?:[^']|'')*')|\s+/) { $1 }
    value = either
    raise "more than was understood: #{text}" unless @tokens.empty?
    value
  end

  def fill(text) = text.to_s.gsub(/\$\{\{(.*?)\}\}/) { evaluate($1.strip).to_s }

  private

  def either
    value = both
    while @tokens.first == "||" && @tokens.shift
      other = both
      value = other unless truthy(value)
    end
    value
  end

  def both
    value = equal
    while @tokens.first == "&&" && @tokens.shift
      other = equal
      value = other if truthy(value)
    end
    value
  end

  def equal
    value = one
    while %w[== !=].include?(@tokens.first)
      operator = @tokens.shift
      value = value.to_s.casecmp?(one.to_s) == (operator == "==")
    end
    value
  end

  def one
    token = @tokens.shift
    case token
    when "!" then !truthy(one)
    when "(" then either.tap { @tokens.shift }
    when /\A'/ then token[1..-2].gsub("''", "'")
    when "always" then @tokens.shift(2) && true
    when "success" then @tokens.shift(2) && !@failed
    else token.split(".").reduce(@contexts) { |at, key| at.is_a?(Hash) ? at[key] : nil }
    end
  end

  def truthy(value) = !(value.nil? || value == false || value == "")
end

# What GitHub's REST API does with the comments of an issue; a token that begins with "reader" may only read.
class Comments
  def initialize(file, log)
    @file, @log, @server = file, log, TCPServer.new("127.0.0.1", 0)
    Thread.new { loop { answer(@server.accept) } }
  end

  def url = "http://127.0.0.1:#{@server.addr[1]}"

  private

  def answer(socket)
    request = socket.gets.to_s.chomp
    headers = {}
    headers[$1.downcase] = $2 while (line = socket.gets.to_s.chomp) =~ /\A([^:]+): *(.*)/
    body = socket.read(headers["content-length"].to_i)
    status, value = reply(request, headers["authorization"].to_s, body)
    File.open(@log, "a") { |f| f.puts("#{request.delete_suffix(" HTTP/1.1")} #{status}") }
    json = JSON.generate(value)
    socket.write("HTTP/1.1 #{status} x\r\nContent-Length: #{json.bytesize}\r\nConnection: close\r\n\r\n#{json}")
  ensure
    socket.close
  end

  def reply(request, token, body)
    comments = File.exist?(@file) ? JSON.parse(File.read(@file)) : []
    return [401, {}] unless token =~ /\ABearer (.+)/
    reads = $1.start_with?("reader")
    case request
    when %r{\AGET /repos/acme/shop/issues/7/comments\?per_page=(\d+)&page=(\d+) }
      return [200, comments.each_slice($1.to_i).to_a[$2.to_i - 1] || []]
    when %r{\APOST /repos/acme/shop/issues/7/comments }
      return [403, {}] if reads
      comments << { "id" => 1000 + comments.size, "user" => { "login" => "github-actions[bot]" }, "body" => JSON.parse(body)["body"] }
    when %r{\APATCH /repos/acme/shop/issues/comments/(\d+) }
      return [403, {}] if reads
      found = comments.find { |c| c["id"] == $1.to_i } or return [404, {}]
      found["body"] = JSON.parse(body)["body"]
    else
      return [404, {}]
    end
    File.write(@file, JSON.generate(comments))
    [request.start_with?("POST") ? 201 : 200, {}]
  end
end

def step_outputs(file)
  text = File.exist?(file) ? File.read(file) : ""
  text.scan(/^([\w-]+)<<(\S+)\n(.*?)\n?^\2\n/m).to_h { |name, _, value| [name, value.chomp] }
end

event, payload, workspace, state, *given = ARGV
action = File.expand_path("../../.github/actions/merganser", __dir__)
about = YAML.load_file("#{action}/action.yml")
temp = "#{state}/runner"
FileUtils.mkdir_p(temp)
inputs = about["inputs"].transform_values { |input| input["default"].to_s }
given.each { |pair| inputs.store(*pair.split("=", 2)) }
read = JSON.parse(File.read(payload))
contexts = { "inputs" => inputs, "steps" => {}, "runner" => { "temp" => temp },
             "github" => { "event" => read, "repository" => "acme/shop", "token" => "writer" } }
inputs.transform_values! { |value| Expression.new(contexts, false).fill(value) }
api = Comments.new("#{state}/comments.json", "#{state}/requests")
File.write("#{state}/summary", "")
log = File.open("#{state}/log", "w")
failed = false

about["runs"]["steps"].each_with_index do |step, i|
  expression = Expression.new(contexts, failed)
  condition = step["if"].to_s
  next if failed && condition !~ /always\(\)/
  next unless condition.empty? || ![nil, false, ""].include?(expression.evaluate(condition))
  if step["uses"]
    log.puts("uses #{step["uses"]}")
    next
  end
  output = "#{temp}/output-#{i}"
  FileUtils.rm_f(output)
  variables = (step["env"] || {}).transform_values { |value| expression.fill(value) }
  variables.merge!("GITHUB_ACTION_PATH" => action, "GITHUB_EVENT_NAME" => event, "GITHUB_EVENT_PATH" => payload,
                   "GITHUB_WORKSPACE" => workspace, "GITHUB_REPOSITORY" => "acme/shop", "GITHUB_API_URL" => api.url,
                   "GITHUB_SHA" => read["after"].to_s, "GITHUB_OUTPUT" => output, "GITHUB_STEP_SUMMARY" => "#{state}/summary",
                   "RUNNER_TEMP" => temp)
  printed, status = Open3.capture2e(variables, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"],
                                    chdir: workspace)
  log.puts(printed)
  contexts["steps"][step["id"]] = { "outputs" => step_outputs(output) } if step["id"]
  failed ||= !status.success?
end

log.close
values = about["outputs"].transform_values { |o| Expression.new(contexts, failed).fill(o["value"]) }
File.write("#{state}/outputs.json", JSON.generate(values))
exit(failed ? 1 : 0)
