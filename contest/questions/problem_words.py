"""The sentences of a question file's problems and refusals: code → Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

PROBLEMS: Mapping[str, LazyString] = {
    "no_stem": _("thiếu nội dung câu hỏi. Điền nội dung hoặc xóa dòng."),
    "no_key": _("chưa có đáp án đúng. Ghi chữ cái của phương án đúng, ví dụ B."),
    "key_unreadable": _(
        "không hiểu đáp án “%(value)s”. Ghi chữ cái của phương án đúng, ví dụ B hoặc A, C."
    ),
    "key_ambiguous": _(
        "đáp án “%(value)s” hiểu được hai cách. Ghi chữ cái của phương án đúng, ví dụ B."
    ),
    "key_beyond_options": _(
        "đáp án “%(value)s” nằm ngoài %(options)s phương án. Sửa đáp án hoặc thêm phương án."
    ),
    "key_conflict": _(
        "đáp án “%(value)s” trái với dấu đánh trong phương án. Giữ một cách ghi đáp án."
    ),
    "key_not_single": _("câu đúng/sai có %(keys)s đáp án. Giữ một đáp án."),
    "too_few_options": _("chỉ có %(found)s phương án. Cần ít nhất 2 phương án."),
    "option_gap": _("phương án bị bỏ trống ở giữa. Điền hoặc dồn các phương án từ cột A."),
    "duplicate_options": _("phương án %(first)s và %(second)s giống nhau. Sửa một phương án."),
    "options_unsplit": _(
        "chỉ tách được %(found)s phương án. Kiểm tra ký hiệu %(letter)s ở đầu phương án."
    ),
    "broken_marker": _("chỉ tách được %(found)s phương án. Kiểm tra dấu chấm sau chữ %(letter)s."),
    "unsupported_type": _("chưa nhận loại câu “%(value)s”. Chọn một loại trong danh sách của tệp mẫu."),
    "too_long": _("dài %(chars)s ký tự, tối đa %(limit)s. Rút ngắn rồi nhập lại."),
    "legacy_font": _("chữ gõ bằng phông cũ (TCVN3, VNI). Chuyển sang Unicode rồi nhập lại."),
    "type_key_mismatch": _(
        "loại “%(value)s” không khớp với %(keys)s đáp án đúng. Kiểm tra loại hoặc đáp án."
    ),
    "unknown_type": _("không rõ loại câu “%(value)s”. Loại được hiểu theo số đáp án đúng."),
    "points_unreadable": _("không đọc được điểm “%(value)s”. Ghi một số, ví dụ 0,5."),
    "duplicate_in_file": _("trùng với câu ở dòng %(first_row)s. Giữ một câu."),
    "duplicate_other_key": _("trùng với câu ở dòng %(first_row)s nhưng đáp án khác. Kiểm tra đáp án nào đúng."),
    "duplicate_code": _("mã “%(value)s” đã dùng ở dòng %(first_row)s. Đổi mã hoặc bỏ một câu."),
    "item_repeated": _("trùng với câu trước đó (%(first)s). Giữ một câu."),
    "item_other_key": _("trùng với câu trước đó (%(first)s) nhưng đáp án khác. Kiểm tra đáp án, giữ một câu."),
    "code_repeated": _(
        "mã “%(value)s” đã là mã của câu trước đó (%(first)s) nên câu này được nhập không có mã. Đặt mã khác "
        "nếu cần."
    ),
    "fixed_option": _(
        "phương án %(letter)s nói về các phương án khác (“%(value)s”). Đặt cố định ở cuối khi trộn."
    ),
    "names_letters": _(
        "phương án %(letter)s gọi tên chữ cái (“%(value)s”). Viết lại hoặc không trộn phương án."
    ),
    "no_markers": _("phương án không có chữ cái, tách theo dòng. Kiểm tra %(found)s phương án."),
    "hidden_row": _("dòng bị ẩn trong tệp. Kiểm tra có nhập câu này không."),
    "cell_date": _("ô là ngày tháng, được đọc thành chữ. Kiểm tra lại nội dung."),
    "cell_boolean": _("ô là giá trị đúng/sai của Excel, được đọc thành chữ. Kiểm tra lại."),
    "cell_error": _("ô báo lỗi công thức, được đọc là trống. Thay bằng giá trị."),
    "formula_without_value": _(
        "công thức chưa có kết quả, được đọc là trống. Mở bằng Excel, lưu lại rồi tải lên."
    ),
    "keys_count_from_zero": _("đáp án đánh số từ 0: 0 là A, 1 là B. Kiểm tra lại đáp án."),
    "text_repaired": _("đã chuẩn hóa ký tự ở %(cells)s ô (%(kind)s), từ chỗ này trở đi."),
    "merged_cells": _("ô gộp đến dòng %(last_row)s. Kiểm tra giá trị của từng dòng."),
    "sheet_unread": _("trang tính này không được đọc (%(rows)s dòng). Chọn trang nếu cần nhập."),
    "key_by_place": _(
        "đáp án “%(value)s” được hiểu là phương án %(letter)s, mà có phương án khác ghi đúng số ấy. Kiểm tra đáp án."
    ),
    "columns_unread": _("có cột không được đọc: %(names)s. Đổi tiêu đề cột hoặc chọn cột nếu cần nhập."),
    "cell_fraction": _(
        "số “%(value)s” trong ô có thể là phần trăm, tệp loại này không cho biết. Kiểm tra, hoặc lưu thành .xlsx."
    ),
    "encoding_guessed": _(
        "bảng mã được đoán là %(encoding)s. Nếu chữ sai, lưu lại dạng CSV UTF-8."
    ),
    "credits_uneven": _("tỷ lệ điểm của các phương án đúng cộng lại là %(found)s%%, không phải 100%%. Kiểm tra."),
    "rule_unknown": _("cách chấm “%(value)s” không dùng được cho loại câu này. Để trống, hoặc ghi một trong: "
                      "%(fitting)s."),
    "parameter_unknown": _("cách chấm “%(rule)s” không có tham số “%(value)s”. Bỏ tham số này."),
    "parameter_range": _("tham số “%(value)s” phải là số nguyên từ %(low)s đến %(high)s. Sửa số này."),
    "parameter_alone": _("có tham số “%(value)s” mà không có cách chấm. Ghi thêm cách chấm, ví dụ "
                         "rule=all_or_nothing."),
    "setting_unknown": _("“%(value)s” không có tác dụng gì khi chấm. Kiểm tra cách viết."),
    "text_not_taken": _("có nội dung không được nhập: “%(value)s”. Kiểm tra có cần đưa vào câu hỏi không."),
    "picture_missing": _("hình không có trong tệp, không lấy được. Chèn hình vào tệp rồi tải lên lại."),
    "cell_picture": _("hình ở ô %(cell)s không nhập được. Đặt hình ở ô nội dung hoặc ô phương án của câu hỏi."),
    "picture_no_alt": _("hình chưa có mô tả bằng chữ cho người không nhìn được. Ghi mô tả sau khi nhập."),
    "picture_refused": _("có hình không dùng được. Lưu hình thành PNG hoặc JPEG rồi chèn lại."),
    "formula_image": _("công thức là hình vẽ kiểu cũ, không đọc được. Gõ lại công thức."),
    "formula_lost": _(
        "có công thức không đọc được (Equation, MathType, MathML) nên nội dung bị khuyết. Gõ lại công thức."
    ),
    "audio_lost": _("có âm thanh, phim hoặc tệp đính kèm không nhập được. Bỏ hoặc thay bằng chữ, hình."),
    "html_lost": _("có phần trình bày không nhập được. Kiểm tra câu hỏi sau khi nhập."),
    "other_languages": _("có nhiều ngôn ngữ, chỉ nhập một (tiếng Việt nếu có). Kiểm tra nội dung."),
    "tag_unbalanced": _("dấu ngoặc %(value)s không có cặp. Thêm hoặc bỏ dấu ngoặc."),
    "format_error": _("không đúng cách viết của định dạng (“%(value)s”). Sửa chỗ này rồi nhập lại."),
    "item_unsupported": _("loại câu “%(value)s” không nhập được. Soạn lại thành loại khác."),
    "numbering_jump": _("số câu nhảy từ %(before)s sang %(number)s. Kiểm tra câu bị mất ở giữa."),
    "key_missing_in_table": _("bảng đáp án không có câu %(number)s. Thêm đáp án của câu này."),
    "key_table_extra": _(
        "bảng đáp án có câu %(number)s (%(value)s) mà tệp không có câu hỏi này. Kiểm tra câu bị thiếu."
    ),
    "key_conflict_table": _("đáp án “%(value)s” trong bảng trái với đáp án ghi ở câu. Giữ một đáp án."),
    "glued_question": _("câu %(number)s dính vào phương án cuối của câu trước, đã tách ra. Kiểm tra lại."),
    "tracked_change": _(
        "đoạn này có sửa đổi đang theo dõi (Track Changes): lấy phần thêm vào, bỏ phần đã xóa. Kiểm tra lại."
    ),
    "font_converted": _("chữ gõ bằng phông cũ (%(encoding)s), đã chuyển sang Unicode. Kiểm tra dấu."),
    "key_several": _("câu chọn một đáp án có nhiều đáp án đúng (%(value)s). Giữ một, hoặc đổi loại câu."),
    "too_many_options": _("có %(found)s phương án, tối đa %(limit)s. Bỏ bớt phương án hoặc tách câu."),
    "too_few_parts": _("chỉ có %(found)s ý, cần ít nhất %(least)s ý không trống. Điền thêm ý."),
    "too_many_parts": _("có %(found)s ý hoặc chỗ điền, tối đa %(limit)s. Tách thành nhiều câu."),
    "gaps_unlike_markers": _("có %(markers)s chỗ điền trong nội dung nhưng %(found)s đáp án. Ghi [[1]], [[2]] … đủ."),
    "not_written": _("định dạng này không chứa được: %(what)s. Dùng định dạng khác nếu cần phần đó."),
    "quotes_repaired": _("dấu ngoặc kép không khớp, được giữ như chữ. Kiểm tra các cột."),
    "several_right": _(
        "có %(keys)s phương án ghi dấu “=” nên được nhận là câu chọn nhiều đáp án. Nếu chỉ một đáp án đúng, "
        "giữ một dấu “=”."
    ),
    "sign_inside": _(
        "dấu %(sign)s giữa dòng được hiểu là bắt đầu một đáp án (“%(value)s”). Nếu là chữ của đáp án, thêm \\ "
        "trước dấu."
    ),
    "second_answers": _(
        "có hai khối đáp án { } trong một câu (“%(value)s”). Thêm dấu \\ trước ngoặc không phải đáp án, hoặc "
        "tách thành hai câu."
    ),
    "answers_unbraced": _("đáp án không nằm trong dấu ngoặc { }. Thêm dấu ngoặc quanh các đáp án."),
    "number_ambiguous": _(
        "số “%(value)s” hiểu được hai cách (nghìn hoặc thập phân). Dùng dấu chấm cho phần thập phân, bỏ dấu "
        "ngăn nghìn."
    ),
    "wildcard": _("đáp án “%(value)s” có dấu *: dấu này thay cho chữ bất kỳ. Ghi \\* nếu muốn chính dấu *."),
    "titles_dropped": _(
        "tên câu (::…::) ở %(found)s câu không được nhập vì câu đã có mã hoặc tên dài hơn 60 ký tự, từ dòng "
        "này trở đi."
    ),
    "gap_weights": _(
        "các chỗ điền có trọng số khác nhau (%(value)s) nên được tính điểm đều nhau. Kiểm tra điểm của câu."
    ),
    "sheets_joined": _("đã đọc %(sheets)s trang tính có cùng các cột: %(names)s. Chọn một trang nếu chỉ cần một."),
    "order_as_listed": _("chưa ghi thứ tự đúng, lấy thứ tự các phương án như đã liệt kê. Kiểm tra thứ tự."),
    "pair_unsplit": _("không tách được cặp “%(value)s”. Ghi vế trái -> vế phải."),
    "marker_repaired": _(
        "ký hiệu đầu phương án viết lạ (%(letter)s), đã hiểu thành A, B, C. Kiểm tra %(found)s phương án."
    ),
    "key_variant": _("bảng đáp án có %(found)s mã đề, đã dùng mã %(value)s. Kiểm tra có đúng mã đề của tệp không."),
    "section_jump": _("số thứ tự nhảy từ %(before)s đến %(after)s. Kiểm tra mục bị thiếu trong tệp."),
    "section_repeated": _("có hai mục cùng vị trí “%(locator)s”. Sửa vị trí của một mục."),
    "too_many_sections": _("văn bản có hơn %(limit)s mục, phần sau được gộp vào mục cuối. Tách thành nhiều văn bản."),
}

REPAIRS: Mapping[str, LazyString] = {
    "nfd": _("dấu tổ hợp"),
    "nbsp": _("khoảng trắng lạ"),
    "zero_width": _("ký tự không nhìn thấy"),
    "full_width": _("chữ toàn hình"),
    "quotes": _("dấu ngoặc lạ"),
    "line_breaks": _("dấu xuống dòng lạ"),
    "control": _("ký tự điều khiển"),
}

# What a written file leaves out.
WHATS: Mapping[str, LazyString] = {
    "cluster": _("cụm câu đúng/sai"), "short_text": _("câu trả lời ngắn"), "number": _("câu điền số"),
    "matching": _("câu ghép cặp"), "ordering": _("câu sắp xếp"), "gaps": _("câu điền chỗ trống"),
    "essay": _("câu tự luận"), "multiple": _("câu nhiều đáp án"), "true_false": _("câu đúng/sai"),
    "single": _("câu chọn một đáp án"), "unusable": _("câu có lỗi"),
    "media": _("hình"), "picture": _("hình"), "source": _("danh sách văn bản"), "stem": _("nội dung câu hỏi"),
    "options": _("phương án"), "key": _("đáp án"), "credits": _("tỷ lệ điểm của phương án"),
    "pinned": _("phương án giữ vị trí"), "settings": _("cách chấm"), "topic": _("lĩnh vực"), "level": _("mức độ"),
    "explanation": _("giải thích"), "citation": _("căn cứ"), "points": _("điểm"), "tags": _("nhãn"),
    "markup": _("định dạng chữ, bảng, công thức"), "code": _("mã câu hỏi"), "line_breaks": _("dấu xuống dòng"),
    "wildcard": _("dấu * thay cho chữ bất kỳ"),
}

REFUSALS: Mapping[str, LazyString] = {
    "empty_file": _("Tệp trống. Chọn tệp có câu hỏi."),
    "too_big": _("Tệp lớn quá 25 MB. Bỏ hình ảnh hoặc chia thành nhiều tệp."),
    "old_xls": _("Tệp Excel đời cũ (.xls). Mở bằng Excel, lưu lại thành .xlsx."),
    "old_doc": _("Không đọc được tệp .doc cũ. Mở bằng Word và lưu lại thành .docx."),
    "encrypted": _("Tệp đặt mật khẩu. Bỏ mật khẩu rồi tải lên."),
    "pdf": _("Tệp PDF không đọc được. Dùng tệp gốc .docx hoặc .xlsx."),
    "docx": _("Tệp là văn bản Word, không phải bảng tính. Chọn tệp .xlsx, .xls, .ods hoặc .csv."),
    "ods": _("Tệp LibreOffice hỏng hoặc không có bảng. Mở bằng LibreOffice, lưu lại thành .xlsx."),
    "xlsb": _("Tệp Excel nhị phân (.xlsb). Lưu lại thành .xlsx."),
    "other_zip": _("Tệp nén không phải tệp câu hỏi. Giải nén rồi chọn tệp .xlsx, .docx hoặc gói QTI."),
    "web_page": _("Tệp là trang web hoặc XML mang tên Excel. Mở bằng Excel, lưu lại thành .xlsx."),
    "not_a_table": _("Tệp không phải bảng tính, văn bản Word hay tệp câu hỏi. Chọn tệp .xlsx, .docx, .csv hoặc .txt."),
    "broken_file": _("Tệp hỏng. Mở bằng Excel, lưu lại rồi tải lên."),
    "unsafe_zip": _("Tệp nén bất thường nên không được mở. Lưu lại thành .xlsx bằng Excel."),
    "unsafe_xml": _("Tệp chứa XML bất thường nên không được mở. Lưu lại bằng Excel."),
    "too_many_rows": _(
        "Trang “%(sheet)s” có quá %(limit)s dòng (ô %(cell)s). Xóa các dòng thừa hoặc chia tệp."
    ),
    "too_many_columns": _("Trang “%(sheet)s” có quá %(limit)s cột (ô %(cell)s). Xóa các cột thừa."),
    "cell_too_long": _(
        "Ô %(cell)s có %(chars)s ký tự, quá %(limit)s. Rút ngắn hoặc chia nội dung."
    ),
    "too_much_text": _("Tệp có quá nhiều chữ. Chia thành nhiều tệp."),
    "no_sheet": _("Không có trang tính “%(sheet)s”. Chọn trang khác."),
    "no_header": _(
        "Không tìm thấy dòng tiêu đề trong 10 dòng đầu. Cần cột Nội dung câu hỏi và cột đáp án."
        " Đã thấy: %(seen)s"
    ),
    "no_rows": _("Dưới dòng tiêu đề %(row)s không có câu hỏi nào. Thêm câu hỏi rồi tải lên."),
    "bad_mapping": _("Không ghép được cột %(column)s với “%(field)s”. Chọn lại cột."),
    "broken_xml": _("Tệp XML bị lỗi ở dòng %(line)s, cột %(column)s nên không đọc được. Xuất lại tệp rồi tải lên."),
    "keys_only": _("Tệp chỉ có đáp án, không có câu hỏi. Chọn tệp câu hỏi cùng với tệp đáp án này."),
    "moodle_backup": _("Tệp là bản sao lưu khóa học Moodle. Trong Moodle, xuất ngân hàng câu hỏi dạng Moodle XML."),
    "no_questions": _("Không tìm thấy câu hỏi nào trong tệp. Mỗi câu bắt đầu bằng “Câu 1:”, phương án bằng “A.”."),
    "items_elsewhere": _(
        "Tệp chỉ liệt kê câu của một bài kiểm tra QTI, câu hỏi nằm ở tệp khác. Tải lên cả gói .zip."
    ),
    "odt": _("Tệp LibreOffice Writer (.odt). Lưu lại thành .docx."),
    "rtf": _("Tệp RTF. Mở bằng Word, lưu lại thành .docx."),
    "too_deep": _("Tệp có cấu trúc lồng nhau quá sâu nên không được mở. Lưu lại bằng chương trình đã tạo ra tệp."),
    "zip_of_files": _("Tệp nén chứa nhiều tệp. Giải nén rồi chọn các tệp câu hỏi."),
    "too_heavy": _("Tệp quá nặng để đọc. Chia thành nhiều tệp."),
    "crashed": _("Không đọc được tệp. Mở bằng Excel, lưu lại thành .xlsx rồi tải lên."),
    "not_text": _("Tệp không phải văn bản thuần (.txt). Lưu lại dạng văn bản UTF-8 rồi tải lên."),
    "not_a_document": _("Tệp không phải văn bản. Tải lên tệp .docx hoặc .txt."),
    "no_text": _("Tệp không có chữ nào. Kiểm tra lại tệp, bản quét ảnh thì chép nội dung ra trước."),
}
