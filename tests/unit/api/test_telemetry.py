"""api/telemetry.py: numbers in Prometheus' format."""

from api.telemetry import Telemetry


def test_numbers_of_others_are_read_when_asked() -> None:
    telemetry, now = Telemetry(), {"value": 1.0}
    telemetry.read(lambda: {"some_sockets": ("Open", now["value"]), "some_frames_total": ("Sent", 5)})
    now["value"] = 3.0
    lines = telemetry.text().decode().splitlines()
    assert "some_sockets 3.0" in lines
    assert "some_frames_total 5.0" in lines
    assert "# TYPE some_frames_total counter" in lines


def test_answers_are_counted_and_timed() -> None:
    telemetry = Telemetry()
    telemetry.answered("GET", "/livez", 200, 0.003)
    text = telemetry.text().decode()
    assert 'trunkline_api_requests_total{method="GET",route="/livez",status="200"} 1.0' in text
    assert 'trunkline_api_request_seconds_bucket{le="0.005",route="/livez"} 1.0' in text
