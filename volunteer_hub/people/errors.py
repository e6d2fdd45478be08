from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.sheets import SheetError
from volunteer_hub.core.text import N_


class NoHeadingsError(SheetError):
    """No row of the table names the columns that are needed."""

    code = "no_headings"
    message = N_("前十行里没有找到标题行：要有“姓名”，还要有“手机号”或“邮箱”")
    next_step = N_("请下载模板，把名单贴进去再传；列的顺序可以不同，名称不要改。")


class NoRowsError(SheetError):
    """There is nothing below the headings."""

    code = "no_rows"
    message = N_("标题行下面没有人")
    next_step = N_("请看一看名单是不是在第一张表里。")


class NotReadyError(DomainError):
    """A list is still being read, was taken already, or was thrown away."""

    code = "import_not_ready"
    status = HTTPStatus.CONFLICT
    message = N_("这份名单现在不能登记：还没有看完，或者已经登记过、放弃了")
    next_step = N_("请刷新看一看，或重新上传。")


class TooManyTagsError(DomainError):
    """A volunteer has as many tags as help anybody."""

    code = "too_many_tags"
    message = N_("标签最多 10 个")
    next_step = N_("请先去掉一个不用的。")


class TooManyFiltersError(DomainError):
    """Somebody keeps as many filters as help them."""

    code = "too_many_filters"
    message = N_("最多保存 20 个常用筛选")
    next_step = N_("请先删掉一个不用的。")


class NoCardError(DomainError):
    """They got in before, joined alone, or run something: paper lets nobody in any more."""

    code = "no_card"
    message = N_("这位不能用纸质登录卡")
    next_step = N_("只给电话登记、还没有登录过的人。登录过的，请用手机号收验证码。")


class NotMergeableError(DomainError):
    """They are one record, do not look like one person's, or one of them is of the staff."""

    code = "not_mergeable"
    message = N_("这两条记录不能这样合并")
    next_step = N_("只合并页面上列出的。在办公室工作或带队的人，不能在这里合并。")


class UnderAgeSharingError(DomainError):
    """Who is not of age is in no file that goes to others, and their guardian was promised that."""

    code = "under_age_sharing"
    status = HTTPStatus.CONFLICT
    message = N_("未满 18 周岁，您的资料不提供给别人")
    next_step = N_("成年以后，可以自己来同意。")


class CannotUndoError(DomainError):
    """A merge was undone already, is too old, or the number belongs to somebody else by now."""

    code = "cannot_undo"
    message = N_("这次合并不能再分开了")
    next_step = N_("可能已经分开过、过了期限，或者原来的手机号已经登记给了别人。")
