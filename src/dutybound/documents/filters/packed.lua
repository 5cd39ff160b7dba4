-- Takes apart what packed.py has put together: see there for the signs.

local packed = {}

-- From U+10600, signs that had a backslash; from U+10660, signs that stood alone.
local PACKED, BARE = '\xF0\x90[\x98-\x9A][\x80-\xBF]', 0x10660

local function opened(text, before)
  return (text:gsub(PACKED, function(letter)
    local code = utf8.codepoint(letter)
    if code >= BARE then return string.char(code - BARE + 0x20) end
    return before .. string.char(code - 0x10600 + 0x20)
  end))
end

local function in_code(node)
  node.text = opened(node.text, '\\')
  return node
end

local whole = {
  Str = function(str) return pandoc.Str(opened(str.text, '')) end,
  Code = in_code, CodeBlock = in_code, RawInline = in_code, RawBlock = in_code,
  Link = function(link)
    link.target = opened(link.target, '')
    return link
  end,
  Image = function(image)
    image.src = opened(image.src, '')
    return image
  end,
}

-- document: parsed from Markdown in which something was put together.
function packed.open(document) return document:walk(whole) end

return packed
