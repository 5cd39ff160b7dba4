"""The parts of the reference document, as Office Open XML (ECMA-376)."""

from __future__ import annotations

from typing import Final

_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R: Final = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BODY: Final = "Calibri"
_INK: Final = "1B1B1B"
_SOFT: Final = "4A4A4A"
_LINE: Final = "B8B8B8"


def _style(
    kind: str,
    name: str,
    *,
    based: str = "",
    after: str = "",
    p: str = "",
    r: str = "",
    more: str = "",
) -> str:
    """A style. kind: paragraph or character. Its id is its name without spaces."""
    parts = [f'<w:name w:val="{name}"/>']
    parts += [f'<w:basedOn w:val="{based}"/>'] if based else []
    parts += [f'<w:next w:val="{after}"/>'] if after else []
    parts += ["<w:qFormat/>", more]
    parts += [f"<w:pPr>{p}</w:pPr>"] if p else []
    parts += [f"<w:rPr>{r}</w:rPr>"] if r else []
    ident = "".join(word[0].upper() + word[1:] for word in name.split())
    default = ' w:default="1"' if name in ("Normal", "Default Paragraph Font") else ""
    return f'<w:style w:type="{kind}"{default} w:styleId="{ident}">{"".join(parts)}</w:style>'


def _space(before: int, after: int, line: int = 0) -> str:
    """Space around a paragraph, in twentieths of a point; line: 240 is single."""
    lines = f' w:line="{line}" w:lineRule="auto"' if line else ""
    return f'<w:spacing w:before="{before}" w:after="{after}"{lines}/>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _bar(width: int, kind: str = "single") -> str:
    """A line at the left, in eighths of a point."""
    return f'<w:pBdr><w:left w:val="{kind}" w:sz="{width}" w:space="8" w:color="{_SOFT}"/></w:pBdr>'


def _heading(level: int) -> str:
    sizes, before = (32, 26, 22, 21, 21, 21), (400, 280, 220, 180, 160, 160)
    slant = "<w:i/>" if level > 4 else ""
    return _style(
        "paragraph",
        f"heading {level}",
        based="Normal",
        after="BodyText",
        p=f"<w:keepNext/><w:keepLines/>{_space(before[level - 1], 100)}"
        f'<w:outlineLvl w:val="{level - 1}"/>',
        r=f"<w:b/>{slant}{_size(sizes[level - 1])}",
    )


_PANEL: Final = '<w:shd w:val="clear" w:color="auto" w:fill="F1F2F4"/>'
_STYLES: Final = [
    _style("paragraph", "Normal", p=_space(0, 120, 269)),
    _style("paragraph", "Body Text", based="Normal"),
    _style("paragraph", "First Paragraph", based="BodyText"),
    _style("paragraph", "Compact", based="BodyText", p=_space(20, 40)),
    _style(
        "paragraph",
        "Title",
        based="Normal",
        after="BodyText",
        p=f"<w:keepNext/>{_space(0, 240, 240)}",
        r=f"<w:b/>{_size(44)}",
    ),
    *(_heading(level) for level in range(1, 7)),
    _style("paragraph", "Block Text", based="BodyText", p=f'{_bar(12)}<w:ind w:left="360"/>'),
    _style("paragraph", "Note", based="BodyText", p=f'{_bar(18)}{_PANEL}<w:ind w:left="240"/>'),
    _style(
        "paragraph",
        "Warning",
        based="BodyText",
        p=f'{_bar(18, "double")}{_PANEL}<w:ind w:left="240"/>',
    ),
    _style("paragraph", "Source Code", based="Normal", p=f"{_PANEL}{_space(0, 120, 240)}"),
    _style(
        "paragraph",
        "Table Caption",
        based="Normal",
        p=f"<w:keepNext/>{_space(160, 80)}",
        r="<w:b/>",
    ),
    _style("paragraph", "Image Caption", based="Normal", p=_space(40, 160), r="<w:i/>"),
    _style("paragraph", "Captioned Figure", based="Normal", p="<w:keepNext/>"),
    _style(
        "paragraph",
        "Definition Term",
        based="Normal",
        p=f"<w:keepNext/>{_space(80, 0)}",
        r="<w:b/>",
    ),
    _style("paragraph", "Definition", based="Normal", p='<w:ind w:left="480"/>'),
    _style("paragraph", "footnote text", based="Normal", p=_space(0, 40, 240), r=_size(17)),
    _style(
        "paragraph",
        "header",
        based="Normal",
        p=_space(0, 0, 240),
        r=f'<w:color w:val="{_SOFT}"/>{_size(17)}',
    ),
    _style(
        "paragraph",
        "footer",
        based="Normal",
        p=_space(0, 0, 240),
        r=f'<w:color w:val="{_SOFT}"/>{_size(17)}',
    ),
    _style("paragraph", "TOC Heading", based="Normal", p=_space(320, 120), r=f"<w:b/>{_size(26)}"),
    _style("paragraph", "toc 1", based="Normal", p=_space(60, 20)),
    _style("paragraph", "toc 2", based="Normal", p=f'{_space(0, 20)}<w:ind w:left="300"/>'),
    _style("character", "Default Paragraph Font"),
    _style(
        "character",
        "Gap",
        r='<w:bdr w:val="dashed" w:sz="6" w:space="0" w:color="8A5A00"/>'
        '<w:shd w:val="clear" w:color="auto" w:fill="FFF3D1"/>',
    ),
    _style("character", "Source Mark", r='<w:vertAlign w:val="superscript"/>'),
    _style(
        "character",
        "Verbatim Char",
        r=f'<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>{_size(19)}',
    ),
    _style("character", "footnote reference", r='<w:vertAlign w:val="superscript"/>'),
    _style("character", "Hyperlink", r='<w:color w:val="0B3F7A"/><w:u w:val="single"/>'),
]
_TABLE: Final = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="90" w:type="dxa"/>'
    '<w:right w:w="90" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="table" w:customStyle="1" w:styleId="Table"><w:name w:val="Table"/>'
    '<w:basedOn w:val="TableNormal"/><w:qFormat/><w:pPr><w:spacing w:before="30" w:after="30"'
    f' w:line="240" w:lineRule="auto"/></w:pPr><w:rPr>{_size(19)}</w:rPr><w:tblPr><w:tblBorders>'
    f'<w:top w:val="single" w:sz="6" w:color="{_LINE}"/><w:bottom w:val="single" w:sz="6" '
    f'w:color="{_LINE}"/><w:insideH w:val="single" w:sz="4" w:color="{_LINE}"/></w:tblBorders>'
    '</w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tblPr/><w:tcPr>'
    f'<w:tcBorders><w:bottom w:val="single" w:sz="8" w:color="{_SOFT}"/></w:tcBorders>'
    '<w:shd w:val="clear" w:color="auto" w:fill="F1F2F4"/></w:tcPr></w:tblStylePr></w:style>'
)


def _field(code: str) -> str:
    """A field that Word computes: PAGE, NUMPAGES."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _relationships(*targets: tuple[str, str, str]) -> str:
    lines = "".join(f'<Relationship Id="{i}" Type="{t}" Target="{p}"/>' for i, t, p in targets)
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


PARTS: Final = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/word/footer1.xml" ContentType="{_TYPE}.footer+xml"/></Types>'
    ),
    "_rels/.rels": _relationships(("rId1", f"{_OFFICE}/officeDocument", "word/document.xml")),
    "word/_rels/document.xml.rels": _relationships(
        ("rId1", f"{_OFFICE}/styles", "styles.xml"), ("rId2", f"{_OFFICE}/footer", "footer1.xml")
    ),
    "word/document.xml": (
        f"{_XML}<w:document {_W} {_R}><w:body><w:p><w:r><w:t>Styles of dutybound</w:t></w:r></w:p>"
        '<w:sectPr><w:footerReference w:type="default" r:id="rId2"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418" w:bottom="1418" '
        'w:left="1418" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body>'
        "</w:document>"
    ),
    "word/styles.xml": (
        f"{_XML}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>"
        f'<w:rFonts w:ascii="{_BODY}" w:hAnsi="{_BODY}" w:cs="{_BODY}" w:eastAsia="{_BODY}"/>'
        f'<w:color w:val="{_INK}"/>{_size(21)}<w:lang w:val="en-GB"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault/></w:docDefaults>{''.join(_STYLES)}{_TABLE}</w:styles>"
    ),
    "word/footer1.xml": (
        f'{_XML}<w:ftr {_W} {_R}><w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="right"/>'
        f"</w:pPr>"
        f'{_field("PAGE")}<w:r><w:t xml:space="preserve"> / </w:t></w:r>{_field("NUMPAGES")}'
        "</w:p></w:ftr>"
    ),
}
