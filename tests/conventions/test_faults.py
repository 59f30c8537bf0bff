"""The table of faults says what the tests do."""

import re
import subprocess
import sys

import pytest

from care_study import paths

TABLE = paths.ROOT / "tests" / "robustness" / "FAULTS.md"
FOLDER = paths.ROOT / "tests" / "robustness"
FEWEST = 40
# Tests of the sound case, without which those of the faults would say nothing.
SOUND = {
    "test_the_sound_project_runs",
    "test_without_a_fault_nothing_runs_again",
    "test_a_data_set_is_found_page_by_page_and_downloaded",
    "test_a_checksum_that_is_right_passes",
    "test_a_compressed_body_is_unpacked",
    "test_the_command_fetches_and_adds",
    "test_the_cluster_counts_its_workers",
    "test_a_page_comes_back_with_the_bytes_that_this_machine_would_write",
    "test_the_worker_has_the_project_in_a_folder_of_its_own",
    "test_jobs_travel_whole",
    "test_days_that_archives_can_write_are_taken",
    "test_other_places_are_fine",
    "test_kernels_and_the_book_do_without_what_is_set_for_another_python",
    "test_streams_that_are_none_or_of_a_test_are_left_alone",
    "test_every_processor_gives_the_same_bytes",
    "test_the_processors_do_differ",
}


@pytest.mark.slow
def test_the_table_of_faults_is_what_the_tests_say():
    code = "import fault_table; print(fault_table.page(), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout == TABLE.read_text(encoding="utf-8"), "run `make faults`"


def test_there_are_enough_different_faults():
    rows = re.findall(r"^\| (?!what is|--)(.+?) \|", TABLE.read_text(encoding="utf-8"), re.M)
    assert len(set(rows)) >= FEWEST


def test_every_test_of_a_fault_is_in_the_table():
    without = set()
    for path in FOLDER.glob("test_*.py"):
        source = path.read_text(encoding="utf-8")
        for before, name in re.findall(r"((?:^.+\n)*)^ *def (test_\w+)\(", source, re.M):
            if "pytest.mark.fault(" not in before:
                without.add(name)
    assert without <= SOUND, without - SOUND
