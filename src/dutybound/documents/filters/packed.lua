-- Takes apart what packed.py has put together: see there for the signs.

local packed = {}

-- U+E020 to U+E07E: a sign that had a backslash. U+F020 to U+F07E: a sign that stood alone.
local ESCAPED, BARE = '\xEE([\x80\x81])([\x80-\xBF])', '\xEF([\x80\x81])([\x80-\xBF])'

local function sign(before)
  return function(high, low)
    return before .. string.char((high:byte() - 0x80) * 64 + low:byte() - 0x80)
  end
end

local plain, escaped = sign(''), sign('\\')

local function text(s) return (s:gsub(ESCAPED, plain):gsub(BARE, plain)) end
local function code(s) return (s:gsub(ESCAPED, escaped):gsub(BARE, plain)) end

local function in_code(node)
  node.text = code(node.text)
  return node
end

local whole = {
  Str = function(str) return pandoc.Str(text(str.text)) end,
  Code = in_code, CodeBlock = in_code, RawInline = in_code, RawBlock = in_code,
  Link = function(link)
    link.target = text(link.target)
    return link
  end,
  Image = function(image)
    image.src = text(image.src)
    return image
  end,
}

-- document: parsed from the Markdown, which says whether there is anything to do.
function packed.open(document, markdown)
  if not (markdown:find(ESCAPED) or markdown:find(BARE)) then return document end
  return document:walk(whole)
end

return packed
