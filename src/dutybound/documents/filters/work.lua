-- One process for many documents: reads jobs.json in the folder it is given, writes beside it.
-- A line on standard output names each file that is complete.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE or arg[0])
package.path = pandoc.path.join{here, '?.lua'} .. ';' .. package.path
local read = require 'read'
local docx = require 'docx'

local folder = arg[1]

local function load(name)
  local file = assert(io.open(pandoc.path.join{folder, name}, 'rb'))
  local text = file:read('a')
  file:close()
  return text
end

local function save(name, text)
  local file = assert(io.open(pandoc.path.join{folder, name}, 'wb'))
  file:write(text)
  file:close()
  io.stdout:write(name, '\n')
  io.stdout:flush()
end

local work = pandoc.json.decode(load('jobs.json'), false)
for _, job in ipairs(work.jobs) do
  for name, picture in pairs(job.pictures) do
    pandoc.mediabag.insert(name, 'image/png', load(picture.file))
  end
  local document = read.document(load(job.name .. '.md'), work.extensions, work.classes,
    job.pictures, job.packed)
  if job.tree then save(job.name .. '.json', pandoc.write(document, 'json')) end
  if job.docx then save(job.name .. '.docx', docx.write(document, job, work.reference)) end
  pandoc.mediabag.empty()
end
