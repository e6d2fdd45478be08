import pytest
from sqlalchemy import select

from volunteer_hub.core.database import db
from volunteer_hub.regions.models import Region

HEADER = "code,name,level,parent\n"


@pytest.fixture
def runner(app):
    return app.test_cli_runner()


def test_the_shipped_regions_can_be_loaded_again(runner):
    result = runner.invoke(args=["regions", "load"])

    assert result.exit_code == 0
    assert "新增 0，更改 0，不变 975，有问题未载入 0" in result.output


def test_a_file_with_a_bad_row_keeps_the_others_and_says_so(runner, tmp_path):
    file = tmp_path / "other.csv"
    file.write_text(f"{HEADER}210500,示例市,city,\n1,无处镇,township,0\n", encoding="utf-8-sig")

    result = runner.invoke(args=["regions", "load", "--file", str(file)])

    assert result.exit_code == 1
    assert "第 3 行 1: 上级 0 不存在" in result.output
    assert "新增 1，更改 0，不变 0，有问题未载入 1" in result.output
    assert db.session.scalars(select(Region.name).where(Region.code == "210500")).all() == [
        "示例市"
    ]
