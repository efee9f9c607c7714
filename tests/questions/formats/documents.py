"""Invented documents with the traps of real ones."""

PLAN = """# **ỦY BAN NHÂN DÂN**
TỈNH BÌNH MINH
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
--------

Số: 0012/KH-UBND
Bình Minh, ngày 05 tháng 3 năm 2024
## **KẾ HOẠCH**
Tuyên truyền cải cách hành chính năm 2024
*Căn cứ Quyết định số 9/QĐ-UBND ngày 02 tháng 01 năm 2024 của Ủy ban nhân dân
tỉnh về việc giao nhiệm vụ;*
Ủy ban nhân dân tỉnh ban hành Kế hoạch với các nội dung sau:
### I. MỤC ĐÍCH, YÊU CẦU
1. Mục đích: Nâng cao nhận thức.
- Gạch thứ nhất;
- Gạch thứ hai, viết tiếp
ở dòng sau.
2. Yêu cầu
II. NỘI DUNG CỦA SỞ TTTT VỀ CCHC
1. Nội dung
a) Điểm thứ nhất.
b) Điểm thứ hai
đ) Điểm thứ tư, thiếu điểm c và d.
e) Điểm thứ năm
12. Không phải mục: số không nối tiếp.
2. Hình thức
1.5 triệu lượt là chỉ tiêu.
III. TỔ CHỨC THỰC HIỆN
Các đơn vị thực hiện; mục I. và mục II. là trọng tâm.
IV. KINH PHÍ

Trên đây là Kế hoạch.

***Nơi nhận:***
- Sở Nội vụ;
- Lưu: VT.
TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Người Ký Tên
PHỤ LỤC
NHIỆM VỤ NĂM 2024
(Kèm theo Kế hoạch số 0012/KH-UBND)
\tSTT
\tNội dung
\tCơ quan
\t1
\tTổ chức hội thi
\tSở Nội vụ

\t2
\t- Viết tin, bài
I. không phải mục trong bảng
\t3.
\tBáo cáo
"""

DECISION = """QUYẾT ĐỊNH
VỀ VIỆC BAN HÀNH QUY CHẾ CỦA TỈNH BÌNH MINH
CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH
Căn cứ Luật Tổ chức chính quyền địa phương;
Theo đề nghị của Giám đốc Sở Nội vụ.
QUYẾT ĐỊNH:
Điều 1. Ban hành kèm theo Quyết định này Quy chế.
Điều 2. Quyết định có hiệu lực kể từ ngày ký./.
Nơi nhận:
- Như Điều 2;
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Người Ký Tên
QUY CHẾ
LÀM VIỆC
(Kèm theo Quyết định số 77/QĐ-UBND ngày 9/9/2023 của Chủ tịch UBND tỉnh Bình Minh)
Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi
1. Khoản một.
2. Khoản hai gồm:
a) Điểm a;
b) Điểm b.
Chương II. TRÁCH NHIỆM
Mục 1. CẤP TỈNH
Điều 2. Sở Nội vụ
Theo Điều 1. và các quy định khác.
Mục 2
CẤP XÃ
Điều 3. Xã
"""

PARTS = """KẾ HOẠCH Phát triển năm 2025
A. ĐẶT VẤN ĐỀ
I. Bối cảnh
B. NHIỆM VỤ
I. Chung
II. Riêng
2.1. Việc thứ nhất
2.2. Việc thứ hai
C. KẾT LUẬN
"""
