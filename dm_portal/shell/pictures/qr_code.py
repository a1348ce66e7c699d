"""A QR code as the path of an SVG: inline, so that no image of foreign origin is ever allowed."""

from qrcode.main import QRCode


def modules_path(text: str) -> tuple[int, str]:
    """The side of the square in modules, and its dark modules as a path of unit squares."""
    code = QRCode(border=0)
    code.add_data(text)
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on)
    return len(rows), "".join(dark)
