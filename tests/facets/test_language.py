import pytest

from taxonomy.facets.language import UNKNOWN, detect_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How do I get a refund"),
        ("en", "freeze my card"),
        ("es", "Escribe un correo formal a mi jefe para pedir vacaciones"),
        ("fr", "comment faire une tarte aux pommes ?"),
        ("de", "Wie kann ich meine Steuererklärung machen?"),
        ("pt", "Você pode me ajudar com um código em Python?"),
        ("ru", "Напиши письмо начальнику с просьбой об отпуске"),
        ("uk", "Напиши листа керівнику з проханням про відпустку"),
        ("ar", "اكتب رسالة إلى مديري"),
        ("ja", "日本の首都はどこ"),
        ("zh", "写一封请假邮件给老板"),
        ("ko", "휴가 신청 이메일을 써 줘"),
        ("el", "Γράψε ένα γράμμα"),
    ],
)
def test_a_short_request_is_told_by_its_language(language, text):
    assert detect_language(text) == language


def test_a_text_without_letters_has_no_language():
    assert detect_language("12 + 34 = ?") == UNKNOWN
    assert detect_language("") == UNKNOWN
