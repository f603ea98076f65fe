"""The real parts that tests stand on do run."""

import asyncpg
import pytest
import redis


@pytest.mark.postgres
async def test_a_test_gets_an_empty_postgresql_of_its_own(postgres_url):
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert tables == 0


def test_redis_answers(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()


@pytest.mark.browser
async def test_the_browser_shows_chinese_and_has_a_camera(open_page):
    page = await open_page("data:text/html;charset=utf-8,<h1>阳光议事会</h1>")
    assert await page.inner_text("h1") == "阳光议事会"
    assert await page.evaluate("screen.width") == 360
