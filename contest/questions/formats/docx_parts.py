"""The fixed parts of the Word files that we write: types, relations, styles, page. Pure."""

from __future__ import annotations

from contest.questions.formats.docx_labels import RAW_STYLE, STYLES

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"

CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD_TYPE}.styles+xml"/></Types>')
ROOT_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>')
RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/styles" Target="styles.xml"/>{{pictures}}</Relationships>')
DOCUMENT = (
    f'{_XML}<w:document xmlns:w="{_MAIN}" xmlns:r="{_OFFICE}" xmlns:wp="{_DRAWING}/wordprocessingDrawing" '
    f'xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture"><w:body>{{body}}<w:sectPr>'
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" '
    'w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>')
PICTURE_RUN = (
    '<w:r><w:drawing><wp:inline><wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{ordinal}" '
    'name="Hình {ordinal}" descr="{alt}"/><a:graphic><a:graphicData uri="' + _DRAWING + '/picture"><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="{ordinal}" name="Hình {ordinal}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
    '<a:blip r:embed="rIdP{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>")

_LOOKS = {
    "BankTitle": '<w:jc w:val="center"/><w:spacing w:after="240"/>',
    "QuestionText": '<w:keepNext/><w:spacing w:before="160" w:after="60"/>',
    "OptionText": '<w:spacing w:after="20"/><w:ind w:left="284"/>',
    "PartText": '<w:spacing w:after="20"/><w:ind w:left="284"/>',
    "FieldText": '<w:spacing w:after="20"/><w:ind w:left="284"/>',
}


def styles_xml() -> str:
    """styles.xml: Times New Roman 13 and a paragraph style for each part of a question."""
    made = "".join(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{_LOOKS[key]}</w:pPr>'
        f"{'<w:rPr><w:b/></w:rPr>' if key == 'BankTitle' else ''}</w:style>" for key, (_role, name) in STYLES.items())
    return (
        f'{_XML}<w:styles xmlns:w="{_MAIN}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" '
        'w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="Times New Roman"/><w:sz w:val="26"/>'
        '<w:szCs w:val="26"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{RAW_STYLE}"><w:name w:val="{RAW_STYLE}"/></w:style>'
        f"{made}</w:styles>")
