-- What a Word document has beside its text: styles, contents, notes that are named twice.

local docx = {}

local function xml(text) return pandoc.RawInline('openxml', text) end

local function styled(name) return pandoc.Attr('', {}, {{'custom-style', name}}) end

local function run(inner) return '<w:r>' .. inner .. '</w:r>' end

local function mark(kind) return run('<w:fldChar w:fldCharType="' .. kind .. '"/>') end

local function field(code) return run('<w:instrText xml:space="preserve"> ' .. code .. ' </w:instrText>') end

-- The second time a note is named, it keeps its number.
local function notes()
  local numbers, count = {}, 0
  return function(note)
    local text = pandoc.utils.stringify(pandoc.Pandoc(note.content))
    local name = numbers[text]
    if name then
      return xml(mark('begin') .. field('NOTEREF _note' .. name .. ' \\f \\h') .. mark('separate') ..
        run('<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:t>' .. name .. '</w:t>') ..
        mark('end'))
    end
    count = count + 1
    numbers[text] = count
    local id = 90000 + count
    return {
      xml('<w:bookmarkStart w:id="' .. id .. '" w:name="_note' .. count .. '"/>'), note,
      xml('<w:bookmarkEnd w:id="' .. id .. '"/>'),
    }
  end
end

local STYLES = {note = 'Note', warning = 'Warning', authored = 'Authored'}

local look = {
  Header = function(header)
    header.level = header.level - 1
    return header
  end,
  Span = function(span)
    if span.classes:includes('gap') then return pandoc.Span(span.content, styled('Gap')) end
    if span.classes:includes('src') then return pandoc.Span(span.content, styled('Source Mark')) end
  end,
  Div = function(div)
    for class, style in pairs(STYLES) do
      if class ~= 'authored' and div.classes:includes(class) then
        return pandoc.Div(div.content, styled(style))
      end
    end
  end,
  HorizontalRule = function() return pandoc.Para(pandoc.Str('* * *')) end,
}

local function anchors(blocks)
  local count = 0
  return blocks:walk{Header = function(header)
    count = count + 1
    if header.identifier == '' then header.identifier = 'section-' .. count end
    return header
  end}
end

-- Contents as a field of Word, filled with links, so that it can be read without an update.
local function contents(blocks, title, depth)
  local lines = pandoc.Blocks{}
  blocks:walk{Header = function(header)
    if header.level <= depth then
      local words = header.content:walk{Note = function() return {} end,
        Link = function(link) return link.content end}
      local link = pandoc.Link(words, '#' .. header.identifier)
      lines:insert(pandoc.Div(pandoc.Para{link}, styled('TOC ' .. header.level)))
    end
  end}
  if #lines < 2 then return pandoc.Blocks{} end
  local first, last = lines[1].content[1].content, lines[#lines].content[1].content
  first:insert(1, xml(mark('begin') .. field('TOC \\o "1-' .. depth .. '" \\h \\z \\u') .. mark('separate')))
  last:insert(xml(mark('end')))
  lines[1].content = {pandoc.Para(first)}
  if #lines > 1 then lines[#lines].content = {pandoc.Para(last)} end
  lines:insert(1, pandoc.Div(pandoc.Para(pandoc.Str(title)), styled('TOC Heading')))
  return lines
end

local function facts(rows)
  if #rows == 0 then return pandoc.Blocks{} end
  local body = pandoc.List(rows):map(function(row)
    return {pandoc.Plain(pandoc.Strong(pandoc.Str(row[1]))), pandoc.Plain(pandoc.Str(row[2]))}
  end)
  local simple = pandoc.SimpleTable({}, {'AlignLeft', 'AlignLeft'}, {0.25, 0.75}, {}, body)
  return pandoc.Blocks{pandoc.utils.from_simple_table(simple)}
end

-- document: as `read.document` gives it. job: title, lang, contents, front (rows of label, value).
function docx.write(document, job, reference)
  local blocks = anchors(document.blocks:walk(look))
  local list = contents(blocks, job.contents, 2)
  local whole = facts(job.front)
  whole:extend(list)
  whole:extend(blocks:walk{Note = notes()})
  local meta = {title = pandoc.MetaInlines{pandoc.Str(job.title)}, lang = pandoc.MetaString(job.lang)}
  return pandoc.write(pandoc.Pandoc(whole, meta), 'docx', {reference_doc = reference})
end

return docx
