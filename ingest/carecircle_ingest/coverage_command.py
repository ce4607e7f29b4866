"""`carecircle ingest --check`: which county is read by whom, for the person on duty (I/O)."""

from datetime import UTC

import click
import psycopg

from carecircle.errors import Unavailable
from carecircle_ingest.partition import QUERIES, coverage


def say_coverage(database_url: str) -> bool:
    """Print every county with its reader and every part that is not running; True when no county is without a reader.

    Raises `Unavailable` when the database does not answer.
    """
    try:
        with psycopg.connect(database_url, autocommit=True, connect_timeout=5) as connection:
            counties = coverage(connection)
            partitions = connection.execute(QUERIES["partitions"]).fetchall()
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error
    for one in counties:
        reader = f"由 {one.reader} 读取" if one.is_read else f"{one.reader} 正在连接" if one.reader else "无人读取！"
        click.echo(f"区县 {one.code}  {one.beds:>7} 张床位  {reader}")
    for name, topics, since, is_running in partitions:
        if not is_running:
            at = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
            click.echo(f"分区 {name} 未运行（上次启动 {at} UTC），消息代理仍在为它积存：{', '.join(topics)}")
    uncovered = [one.code for one in counties if one.reader is None]
    click.echo(f"无人读取的区县：{', '.join(uncovered) or '无'}")
    return not uncovered
