-- Reads our Markdown and leaves only what a document may hold: no markup of another format, no
-- file or address to fetch, no attribute that is not ours. What is taken out stays as text.

local packed = require 'packed'

local read = {}

local function known(list)
  local set = pandoc.List()
  for _, name in ipairs(list) do set[name] = true end
  return set
end

-- An id, and a file of the same dossier.
local PLACE, FILE = '^%l[%w._-]*$', '^%l[%w_-]*[%w._/-]*$'

local function own(attr, classes)
  local kept = attr.classes:filter(function(c) return classes[c] end)
  local id = attr.identifier:match(PLACE) or ''
  return pandoc.Attr(id, kept)
end

-- A link leads to the web or to a mailbox; in our own text, also to a place of this document or to
-- a file beside it.
local function leads(target, ours)
  local scheme = target:lower()
  if scheme:match('^https?://') or scheme:match('^mailto:') then return true end
  if not ours then return false end
  return target:sub(1, 1) == '#' and target:sub(2):match(PLACE) or
    target:match(FILE) and not target:find('..', 1, true)
end

local function with_target(content, target)
  local words = pandoc.Inlines(content)
  words:insert(pandoc.Space())
  words:insert(pandoc.Str('(' .. target .. ')'))
  return words
end

local function inlines(pictures, classes, ours)
  return {
    traverse = 'topdown',
    RawInline = function(raw) return pandoc.Str(raw.text) end,
    Math = function(math) return pandoc.Str(math.text) end,
    Code = function(code) return pandoc.Code(code.text) end,
    Span = function(span)
      local attr = own(span.attr, classes)
      if #attr.classes == 0 and attr.identifier == '' then return span.content end
      return pandoc.Span(span.content, attr)
    end,
    Image = function(image)
      local picture = pictures[image.src]
      if not picture then return with_target(image.caption, image.src) end
      return pandoc.Image({pandoc.Str(picture.alt)}, image.src), false
    end,
    Link = function(link)
      if leads(link.target, ours) then return pandoc.Link(link.content, link.target) end
      return with_target(link.content, link.target)
    end,
  }
end

local function blocks(classes)
  return {
    RawBlock = function(raw) return pandoc.Para(pandoc.Str(raw.text:gsub('%s+$', ''))) end,
    CodeBlock = function(code) return pandoc.CodeBlock(code.text) end,
    Header = function(header)
      local level = math.min(math.max(header.level, 2), 6)
      return pandoc.Header(level, header.content, own(header.attr, classes))
    end,
    Div = function(div)
      local attr = own(div.attr, classes)
      if attr.classes:includes('table') then return read.captioned(div.content) end
      if #attr.classes == 0 and attr.identifier == '' then return div.content end
      return pandoc.Div(div.content, attr)
    end,
    Table = function(table)
      table.attr = pandoc.Attr()
      read.measure(table)
      return table
    end,
  }
end

-- A heading inside a list, a quote, a cell or a note would tear the outline.
local bold = {Header = function(h) return pandoc.Para(pandoc.Strong(h.content)) end}
local flat = {
  BulletList = function(list) return list:walk(bold) end,
  OrderedList = function(list) return list:walk(bold) end,
  BlockQuote = function(quote) return quote:walk(bold) end,
  DefinitionList = function(list) return list:walk(bold) end,
  Note = function(note) return note:walk(bold) end,
}

-- The words before the table in a `table` div are its caption.
function read.captioned(content)
  local caption, rest = pandoc.Blocks{}, pandoc.Blocks{}
  for _, block in ipairs(content) do
    if block.t == 'Table' and #caption > 0 then
      block.caption = {long = caption}
      caption = pandoc.Blocks{}
      rest:insert(block)
    elseif block.t == 'Para' and #rest == 0 then
      caption:insert(pandoc.Plain(block.content))
    else
      rest:insert(block)
    end
  end
  caption:extend(rest)
  return caption
end

-- Characters: longer text and words no longer widen a column; a line of a table holds about LINE.
local CELL, WORD, PAD, LINE, BOLD = 60, 22, 3, 104, 1.15

local function extent(cell)
  local text = pandoc.utils.stringify(cell.contents)
  local longest = 0
  if #text > 4000 then return CELL, WORD end
  for word in text:gmatch('%S+') do longest = math.max(longest, utf8.len(word) or #word) end
  return math.min(utf8.len(text) or #text, CELL), math.min(longest, WORD)
end

local function extents(table, columns)
  local whole, least = {}, {}
  for i = 1, columns do whole[i], least[i] = 3, 3 end
  local function rows(list, factor)
    for _, row in ipairs(list) do
      for i, cell in ipairs(row.cells) do
        local text, word = extent(cell)
        whole[i] = math.max(whole[i] or 3, text * factor + PAD)
        least[i] = math.max(least[i] or 3, word * factor + PAD)
      end
    end
  end
  rows(table.head.rows, BOLD)
  for _, body in ipairs(table.bodies) do rows(body.body, 1) end
  return whole, least
end

-- Widths of columns as shares of the line: each takes what its longest word needs, and the rest
-- goes to those that have more to say.
function read.measure(table)
  local columns = #table.colspecs
  local whole, least = extents(table, columns)
  local sum, low = 0, 0
  for i = 1, columns do sum, low = sum + whole[i], low + least[i] end
  local spare = sum <= LINE and 1 or math.max(0, LINE - low) / (sum - low)
  local total, share = 0, {}
  for i = 1, columns do
    share[i] = least[i] + (whole[i] - least[i]) * spare
    total = total + share[i]
  end
  for i, spec in ipairs(table.colspecs) do
    table.colspecs[i] = {spec[1], math.floor(share[i] / total * 1000) / 1000}
  end
end

-- A heading is at most one level deeper than the one before it: the outline has no holes.
local function outline(document)
  local last = 1
  return document:walk{Header = function(header)
    header.level = math.min(header.level, last + 1)
    last = header.level
    return header
  end}
end

-- markdown: text of our dialect. extensions, classes: lists of names; without classes it is not
-- ours, but a person's. pictures: by name. is_packed: by packed.py.
function read.document(markdown, extensions, classes, pictures, is_packed)
  local format = {format = 'commonmark', extensions = extensions}
  local document = pandoc.read(markdown, format, nil, {})
  if is_packed then document = packed.open(document) end
  local allowed = known(classes)
  document = document:walk(inlines(pictures, allowed, #classes > 0)):walk(blocks(allowed)):walk(flat)
  return outline(document)
end

return read
