from flask_babel import lazy_gettext as _

MESSAGES = {
    "sign_in_required": _("Đăng nhập để tiếp tục."),
    "wrong_credentials": _("Tên đăng nhập hoặc mật khẩu không đúng."),
    "too_many_tries": _("Đã nhập sai quá nhiều lần. Thử lại sau %(minutes)s phút, hoặc gọi hỗ trợ kỹ thuật."),
    "short_password": _("Mật khẩu cần ít nhất %(least)s ký tự."),
}
