-- Parses the Markdown of people, each text on its own: authored.json names how many there are.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE or arg[0])
package.path = pandoc.path.join{here, '?.lua'} .. ';' .. package.path
local read = require 'read'

local function load(name)
  local file = assert(io.open(pandoc.path.join{arg[1], name}, 'rb'))
  local text = file:read('a')
  file:close()
  return text
end

local work = pandoc.json.decode(load('authored.json'), false)
for place = 0, work.texts - 1 do
  local document = read.document(load(place .. '.md'), work.extensions, {}, {})
  io.stdout:write(pandoc.write(document, 'json'), '\n')
end
