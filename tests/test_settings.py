"""Settings: flag over environment over project over person over default, each with its origin."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.errors import Problems, Refused
from krafity_cli.setting_types import Budget
from krafity_cli.settings import Origin, Settings, settings_for


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a storyboard two folders down."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "films/boat").mkdir(parents=True)
    (folder / "films/boat/board.yaml").write_text("shots: {}\n")
    return folder


def board(project: Path) -> Path:
    return project / "films/boat/board.yaml"


def found(
    project: Path,
    flags: dict[str, Any] | None = None,
    environment: dict[str, str] | None = None,
) -> Settings:
    user_file = project.parent / "user.toml"
    return settings_for(board(project), flags or {}, environment or {}, user_file)


def refused(project: Path, **environment: str) -> Refused:
    with pytest.raises(Refused) as caught:
        found(project, environment=environment)
    return caught.value


def engine(settings: Settings) -> tuple[str, Origin]:
    """Which engine it is, and where it was set."""
    return settings.engine, settings.origins["engine"]


def test_nobody_said_anything(project: Path) -> None:
    settings = found(project)
    assert (settings.engine, settings.budget, settings.jobs) == ("auto", None, None)
    assert (settings.origin("engine"), settings.notes) == ("default", ())


def test_each_place_wins_over_the_next(project: Path) -> None:
    said = []
    user_file = project.parent / "user.toml"
    user_file.write_text('engine = "of the user"\n')
    said.append(engine(found(project)))
    (project / "krafity.toml").write_text('engine = "of the project"\n')
    said.append(engine(found(project)))
    (project / "films/krafity.toml").write_text('engine = "of the films"\n')
    said.append(engine(found(project)))
    environment = {"KRAFITY_ENGINE": "of the environment"}
    said.append(engine(found(project, environment=environment)))
    said.append(engine(found(project, {"engine": "of a flag"}, environment)))
    assert said == [
        ("of the user", Origin(str(user_file))),
        ("of the project", Origin(str(project / "krafity.toml"), project)),
        ("of the films", Origin(str(project / "films/krafity.toml"), project / "films")),
        ("of the environment", Origin("KRAFITY_ENGINE")),
        ("of a flag", Origin("--engine")),
    ]


def test_a_flag_that_is_not_given_says_nothing(project: Path) -> None:
    environment = {"KRAFITY_ENGINE": "animatic"}
    assert found(project, {"engine": None}, environment).engine == "animatic"


def test_an_empty_variable_says_nothing(project: Path) -> None:
    assert found(project, environment={"KRAFITY_ENGINE": ""}).origin("engine") == "default"


@pytest.mark.parametrize(
    ("name", "variable", "text", "value"),
    [
        ("engine", "KRAFITY_ENGINE", "vertex", "vertex"),
        ("cache", "KRAFITY_CACHE_DIR", "/somewhere", "/somewhere"),
        ("out", "KRAFITY_OUT", "films", "films"),
        ("jobs", "KRAFITY_JOBS", "7", 7),
    ],
)
def test_the_environment_says_it_too(
    project: Path, name: str, variable: str, text: str, value: object
) -> None:
    settings = found(project, environment={variable: text})
    assert (getattr(settings, name), settings.origin(name)) == (value, variable)


def test_a_project_sets_taste_only(project: Path) -> None:
    path = project / "krafity.toml"
    path.write_text(
        'engine = "animatic"\n'
        'cache = "/tmp/theirs"\n'
        "jobs = 3\n"
        "prices = {clip = 0.0}\n"
        'budget = {usd = 9999, per = "day"}\n'
    )
    settings = found(project)
    assert set(settings.origins) == {"engine", "jobs"}
    assert settings.notes == tuple(
        f"{path}: `{name}` is not read from a project's file; "
        "set it by flag, environment or in your own settings"
        for name in ("cache", "prices", "budget")
    )


def test_the_users_own_file_sets_where_data_goes_and_what_things_cost(project: Path) -> None:
    (project.parent / "user.toml").write_text(
        'cache = "/tmp/mine"\nbudget = {usd = 20, per = "day"}\nlabels = {team = "boats"}\n'
    )
    settings = found(project)
    assert settings.cache == "/tmp/mine"
    assert settings.budget == Budget(usd=20, per="day")
    assert settings.notes == ()


def test_nothing_above_the_repositorys_root_is_read(project: Path) -> None:
    (project.parent / "krafity.toml").write_text('engine = "from above"\n')
    assert found(project).origin("engine") == "default"


def test_without_a_repository_every_folder_above_is_looked_at(project: Path) -> None:
    (project / ".git").rmdir()
    (project.parent / "krafity.toml").write_text('engine = "from above"\n')
    assert found(project).engine == "from above"


def test_a_worktrees_git_file_marks_the_root_too(project: Path) -> None:
    (project / "films/.git").write_text("gitdir: elsewhere\n")
    (project / "krafity.toml").write_text('engine = "from above"\n')
    assert found(project).origin("engine") == "default"


def test_a_file_of_another_owner_is_skipped_and_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "krafity.toml"
    path.write_text('engine = "theirs"\n')
    monkeypatch.setattr(os, "getuid", lambda: path.stat().st_uid + 1)
    settings = found(project)
    assert settings.origin("engine") == "default"
    assert settings.notes == (f"{path} belongs to another user, so it is ignored",)


def test_without_a_storyboard_there_is_no_project(project: Path, tmp_path: Path) -> None:
    (project / "krafity.toml").write_text('engine = "of the project"\n')
    assert settings_for(None, {}, {}, tmp_path / "none.toml").origin("engine") == "default"


def test_a_link_to_a_storyboard_belongs_to_the_project_it_leads_to(project: Path) -> None:
    (project / "krafity.toml").write_text('engine = "of the project"\n')
    link = project.parent / "link.yaml"
    link.symlink_to(board(project))
    assert settings_for(link, {}, {}, project / "none.toml").engine == "of the project"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"engine = \n", "Invalid value (at line 1, column 10)"),
        (b"engine = 'a'\nengine = 'b'\n", "Cannot overwrite a value (at line 2, column 13)"),
        (b"\xff\xfe", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b"x = " + b"[" * 100_000, "it is nested too deeply"),
    ],
    ids=["no value", "twice", "no text", "too deep"],
)
def test_a_file_that_is_no_toml_is_refused_with_its_place(
    project: Path, text: bytes, why: str
) -> None:
    path = project / "krafity.toml"
    path.write_bytes(text)
    error = refused(project)
    assert (error.what, error.why, error.hint) == (
        f"{path} cannot be read",
        why,
        "fix the file or move it away",
    )


def test_a_number_longer_than_python_reads_is_refused(project: Path) -> None:
    (project / "krafity.toml").write_text(f"jobs = {'9' * 5000}\n")
    assert refused(project).what == f"{project / 'krafity.toml'} cannot be read"


def test_a_setting_that_does_not_exist_is_refused_with_those_that_do(project: Path) -> None:
    path = project / "krafity.toml"
    path.write_text('enigne = "animatic"\n')
    (problem,) = refused(project).problems
    assert (problem.file, problem.position) == (str(path), (1, 1))
    assert problem.what == "unknown setting `enigne`"
    assert problem.hint == "choose one of defaults, engine, jobs, models, out"


def test_secrets_are_no_settings(project: Path) -> None:
    path = project.parent / "user.toml"
    path.write_text('api_key = "sesame"\n')
    (problem,) = refused(project).problems
    assert (problem.file, problem.what) == (str(path), "unknown setting `api_key`")
    assert "sesame" not in str(problem)


@pytest.mark.parametrize("jobs", ["0", "-1", "some", "2.5", "1e3"])
def test_jobs_must_be_a_whole_number_from_1_on(project: Path, jobs: str) -> None:
    error = refused(project, KRAFITY_JOBS=jobs)
    assert error.what == f"KRAFITY_JOBS must be a whole number of 1 or more, not `{jobs}`"


@pytest.mark.parametrize(
    ("line", "place", "code"),
    [
        ('video = {use = "veo", location = "127.0.0.1:9/x"}', (2, 23), "bad-location"),
        ('video = {use = "veo", location = "evil.example#"}', (2, 23), "bad-location"),
        ('video = {use = "veo", location = 7}', (2, 23), "wrong-kind"),
        ('video = "projects/other/locations/us/endpoints/9"', (2, 1), "bad-model"),
        ('video = {use = "veo", accept = ["old", "../x"]}', (2, 23), "bad-model"),
        ('image = "a?key=b"', (2, 1), "bad-model"),
        ('image = ".."', (2, 1), "bad-model"),
        ('vision = "x\\u002fy"', (2, 1), "bad-model"),
    ],
)
def test_a_projects_file_names_models_and_locations_never_hosts_or_paths(
    project: Path, line: str, place: tuple[int, int], code: str
) -> None:
    path = project / "krafity.toml"
    path.write_text(f"[models]\n{line}\n")
    with pytest.raises(Problems) as caught:
        found(project)
    (problem,) = caught.value.problems
    assert (problem.file, problem.position) == (str(path), place)
    assert problem.code == code


def test_a_resource_may_be_named_in_the_users_own_file_alone(project: Path) -> None:
    models = '[models]\nvideo = "projects/other/locations/us-central1/endpoints/9"\n'
    (project.parent / "user.toml").write_text(models)
    assert found(project).models.names() == {"projects/other/locations/us-central1/endpoints/9"}
    (project / "krafity.toml").write_text(models)
    with pytest.raises(Problems):
        found(project)


def test_the_problems_of_all_sources_are_shown_at_once(project: Path) -> None:
    user_file, films = project.parent / "user.toml", project / "films/krafity.toml"
    user_file.write_text('cache = 5\n[budget]\nusd = 5\nper = "decade"\n')
    (project / "krafity.toml").write_text("engine = [\n")
    films.write_text("sedd = 5\njobs = 0\n")
    with pytest.raises(Problems) as caught:
        found(project, environment={"KRAFITY_JOBS": "many", "KRAFITY_RESIDENCY": "tight"})
    assert [(each.file, each.position, each.code) for each in caught.value.problems] == [
        (str(user_file), (1, 1), "wrong-kind"),
        (str(user_file), (4, 1), "bad-budget"),
        ("", (0, 0), "unreadable"),
        (str(films), (1, 1), "unknown-setting"),
        (str(films), (2, 1), "wrong-kind"),
        ("", (0, 0), "out-of-range"),
        ("", (0, 0), "bad-value"),
    ]
    assert [each.what.split()[0] for each in caught.value.problems[-2:]] == [
        "KRAFITY_JOBS",
        "KRAFITY_RESIDENCY",
    ]


def test_a_flag_stands_in_for_a_variable_that_is_wrong(project: Path) -> None:
    assert found(project, {"jobs": 2}, {"KRAFITY_JOBS": "many"}).jobs == 2


def test_an_output_folder_elsewhere_that_a_projects_file_names_does_not_count_where_a_flag_wins(
    project: Path,
) -> None:
    (project / "krafity.toml").write_text('out = "../elsewhere"\n')
    assert refused(project).problem.code == "bad-out"
    assert found(project, {"out": "films"}).out == "films"
