"""Each row of the security page is kept by tests that are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/explanation/security.md"

KEPT: dict[str, dict[str, str]] = {
    "storyboard": {
        "test_a_location_sends_no_order_to_a_stranger": "engines/google/test_gate.py",
        "test_a_model_that_is_a_path_is_sent_nowhere": "engines/google/test_gate.py",
        "test_a_location_in_the_storyboard_that_is_none_is_refused_with_its_line": (
            "cli/test_where_it_goes.py"
        ),
        "test_without_a_terminal_and_without_a_word_nothing_is_bought": (
            "cli/test_money_and_network.py"
        ),
        "test_a_link_out_of_the_folder_is_refused": "media/test_shelf.py",
        "test_a_path_that_leads_nowhere_good_is_refused": "media/test_shelf.py",
        "test_a_bomb_ends_where_it_leaves_the_bounds": "storyboard/test_tree.py",
        "test_a_value_of_any_type_holds_or_is_a_problem_with_its_line": "storyboard/test_types.py",
        "test_hostile_titles_prompts_and_notes_come_out_harmless": "cli/test_hostile.py",
        "test_no_line_of_a_file_that_is_no_storyboard_is_shown": "cli/test_strange_folders.py",
    },
    "`krafity.toml` near it": {
        "test_an_engine_from_a_projects_settings_is_not": "cli/test_money_and_network.py",
        "test_a_projects_file_names_models_and_locations_never_hosts_or_paths": "test_settings.py",
        "test_a_projects_file_asks_for_no_more_at_once_than_the_engine_does": "cli/test_engines.py",
        "test_a_project_file_names_no_folder_but_one_below_itself": "cli/test_strange_folders.py",
        "test_a_file_of_another_owner_is_skipped_and_told": "test_settings.py",
        "test_a_storyboards_own_settings_cannot_name_a_remote": "promise/test_remote_cache.py",
        "test_settings_of_a_project_are_not_read_through_a_link_to_another_file": (
            "cli/test_strange_folders.py"
        ),
        "test_a_file_beyond_bounds_is_one_problem_with_its_line": "test_settings_types.py",
    },
    "pictures": {
        "test_a_link_out_of_the_folder_is_refused": "media/test_shelf.py",
        "test_a_pipe_is_refused_and_never_waited_for": "media/test_shelf.py",
        "test_a_picture_file_that_is_too_large_is_refused_unread": "media/test_shelf.py",
        "test_what_is_sent_shows_the_same_without_metadata": "media/test_stills.py",
        "test_a_picture_that_would_fill_memory_is_refused": "media/test_hostile.py",
    },
    "footage and music": {
        "test_a_script_in_the_guise_of_a_video_is_refused": "media/test_hostile.py",
        "test_a_reference_to_another_file_is_not_followed": "media/test_hostile.py",
        "test_no_protocol_but_files_and_pipes_is_spoken": "media/test_hostile.py",
        "test_codecs_nobody_needs_are_not_spoken": "media/test_hostile.py",
        "test_a_clip_keeps_no_suffix_but_one_of_a_video": "cli/test_strange_folders.py",
        "test_music_that_is_none_is_refused_with_the_cure": "media/test_music.py",
    },
    "output folder": {
        "test_a_link_among_the_outputs_is_refused_before_anything_is_made": (
            "cli/test_strange_folders.py"
        ),
        "test_nothing_is_read_back_through_a_link": "cli/test_strange_folders.py",
        "test_a_folder_that_becomes_a_link_while_it_is_written_leads_nowhere": (
            "test_guarded_folder.py"
        ),
        "test_a_folder_of_another_user_is_refused_unless_it_was_named": "test_guarded_folder.py",
        "test_a_folder_that_krafity_did_not_make_is_written_into_only_when_it_was_named": (
            "test_guarded_folder.py"
        ),
        "test_files_and_folders_are_made_as_the_umask_allows_and_no_file_can_be_run": (
            "test_guarded_folder.py"
        ),
    },
    "cache folder": {
        "test_a_folder_others_may_write_to_is_refused": "cache/test_folder.py",
        "test_a_folder_of_another_user_is_refused": "cache/test_folder.py",
        "test_forged_rows_run_nothing_read_nothing_and_remove_nothing": "cache/test_index.py",
        "test_a_forged_record_is_absent_and_set_aside": "cache/test_records.py",
        "test_a_fact_of_a_wrong_type_is_not_believed": "cache/test_records.py",
        "test_a_copy_of_any_step_merged_in_any_order_changes_nothing_that_is_known": (
            "orders/test_merging.py"
        ),
    },
    "remote cache": {
        "test_a_server_that_never_answers_is_waited_for_once": "cache/test_remote_hostile.py",
        "test_a_run_waits_ten_seconds_for_it": "cache/test_remote_hostile.py",
        "test_a_record_that_points_to_junk_is_a_miss": "cache/test_remote_hostile.py",
        "test_a_blob_larger_than_its_record_says_is_not_read": "cache/test_remote_hostile.py",
        "test_bytes_are_an_answer_of_their_kind_or_none": "orders/test_keep.py",
        "test_what_another_machine_paid_is_no_saving_of_this_one": "promise/test_remote_cache.py",
        "test_where_copies_lie_stays_on_this_machine": "cache/test_remote_hostile.py",
        "test_a_redirection_leads_nowhere_else": "cache/test_remote_hostile.py",
        "test_the_metadata_address_is_asked_only_where_the_environment_names_it": (
            "cache/test_remote_hostile.py"
        ),
    },
    "orders in a merged or remote cache": {
        "test_an_order_file_never_makes_another_accounts_operation_be_asked_for": (
            "engines/google/test_gate.py"
        ),
        "test_forgotten_elsewhere_never_overrides_an_order_that_runs_here": (
            "orders/test_merging.py"
        ),
        "test_no_content_of_a_file_is_a_crash": "orders/test_store.py",
    },
    "answers of services": {
        "test_a_redirect_is_checked_like_any_request": "engines/google/test_gate.py",
        "test_a_clip_in_a_strangers_bucket_is_not_fetched": "engines/google/test_gate.py",
        "test_hostile_words_of_a_service_come_out_harmless": "cli/test_hostile.py",
        "test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_text": (
            "cli/test_strange_folders.py"
        ),
        "test_an_echoed_key_is_nowhere": "cli/test_secrets.py",
    },
    "environment": {
        "test_nothing_goes_out_with_a_secret_in_it": "test_masking.py",
        "test_secrets_are_no_settings": "test_settings.py",
        "test_a_url_with_a_secret_in_it_is_refused_without_showing_it": (
            "cache/test_remote_hostile.py"
        ),
        "test_without_credentials_no_metadata_address_is_asked": "engines/google/test_gate.py",
        "test_a_custom_endpoint_has_its_own_orders_but_its_password_is_no_part_of_them": (
            "engines/vertex/test_requests.py"
        ),
    },
    "your own settings file": {
        "test_a_value_of_any_type_holds_or_is_a_problem_with_its_line": "test_settings_types.py",
        "test_a_line_of_a_settings_file_is_never_shown": "test_settings_types.py",
        "test_a_file_that_cannot_be_read_within_bounds_is_refused": "test_settings_types.py",
    },
    "flags": {
        "test_a_named_folder_may_be_a_link_but_nothing_in_it": "test_guarded_folder.py",
        "test_a_file_that_a_flag_names_is_written_through_no_link": "cli/test_strange_folders.py",
        "test_a_command_that_is_refused_prints_a_document": "cli/test_refusals.py",
    },
}
"""Each input of the page's table, and the tests that keep what its row says."""


@cache
def defined_in(path: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_of_the_table_is_kept_by_tests() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| input | can | cannot |")[2]
    rows = re.findall(r"^\| (.+?) \| .+ \| .+ \|$", table, re.MULTILINE)
    assert set(rows) == set(KEPT)


@pytest.mark.parametrize("row", KEPT)
def test_the_tests_that_keep_a_row_are_there(row: str) -> None:
    assert {test for test, path in KEPT[row].items() if test not in defined_in(path)} == set()
