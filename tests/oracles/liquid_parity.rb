# Proves that Braze shows what our previews show.
#
# Braze runs the Ruby library behind a step of its own, which is done here as its documentation
# describes it: `${name}` names a standard attribute, `custom_attribute.${name}` and `context.${name}`
# one of the account's own, and inside a tag the braces around such a name are left away. What is
# missing is nil.
#
#     liquid_parity.rb FOLDER

require 'json'
require 'liquid'

SHOWN = 25
DIALECT = 'liquid-braze'
LINKS = { 'set_user_to_unsubscribed_url' => 'unsubscribe', 'preference_center_url' => 'preferences' }.freeze
STANDARD = { 'email' => 'email_address', 'phone' => 'phone_number', 'timezone' => 'time_zone' }.freeze

ENV['TZ'] = 'Pacific/Auckland'

# Braze's names as plain Liquid. No filter may stand in a condition, and no operator in an `assign`.
def plain(template)
  named = template.gsub(/(?:(custom_attribute|context)\.)?\$\{([^{}]+)\}/) { "#{$1 || 'standard'}[\"#{$2}\"]" }
  named.gsub(/\{%.*?%\}/m) do |tag|
    raise "a filter in a condition: #{tag}" if tag =~ /\A\{%-?\s*(if|elsif|unless|for)\b[^'"]*\|/
    raise "an operator in an assign: #{tag}" if tag.gsub(/'[^']*'|"[^"]*"/, '') =~ /\A\{%-?\s*assign\s.*(==|!=|<|>|\band\b|\bor\b|\bcontains\b)/
    raise "two attributes in a tag: #{tag}" if tag.scan('{{').size > 1

    tag.gsub(/\{\{|\}\}/, '')
  end
end

def data(sample)
  contact = sample['contact']
  standard = contact.to_h { |key, it| [STANDARD.fetch(key, key), it] }
  links = LINKS.transform_values { |it| "https://links.example/#{it}" }
  { 'standard' => standard.merge(links), 'custom_attribute' => contact, 'context' => sample['event'] }
end

def problems(line, recipients)
  template = Liquid::Template.parse(plain(line['template']), error_mode: :strict)
  line['samples'].filter_map do |sample|
    shown = template.render(data(recipients[sample['sample']]))
    next if shown == sample['expected']

    "#{sample['sample']}:\n       Ruby    #{shown.inspect}\n       preview #{sample['expected'].inspect}"
  end
rescue StandardError => e
  ["Ruby cannot read it: #{e.class}: #{e.message}"]
end

folder = ARGV.fetch(0)
recipients = JSON.parse(File.read(File.join(folder, 'samples.json')))
passed = failed = equal = 0
begun = Process.clock_gettime(Process::CLOCK_MONOTONIC)
File.foreach(File.join(folder, "#{DIALECT}.jsonl")) do |text|
  line = JSON.parse(text)
  found = problems(line, recipients)
  if found.empty?
    passed += 1
    equal += line['samples'].size
    next
  end
  failed += 1
  equal += line['samples'].size - found.size
  next if failed > SHOWN

  puts "FAIL #{line['name']}, #{line['surface']}: #{line['template'].inspect}"
  found.first(5).each { |it| puts "     #{it}" }
end
puts "… and #{failed - SHOWN} more templates" if failed > SHOWN
refused = JSON.parse(File.read(File.join(folder, "#{DIALECT}.json")))['refused']
seconds = (Process.clock_gettime(Process::CLOCK_MONOTONIC) - begun).round
puts "#{DIALECT}: #{passed + failed} templates printed, #{refused} refused, #{equal} renderings equal, " \
     "#{failed} templates different (Liquid #{Liquid::VERSION} of Ruby, #{seconds} s)"
puts "#{passed} passed, #{failed} failed"
exit(failed.zero? && passed.positive? ? 0 : 1)
