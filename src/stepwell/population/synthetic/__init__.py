"""A seeded synthetic neighbourhood: the demo, the test bed and the benchmark source. Nobody in it exists.

Every person has a hidden plan; the truth is worked out from the plan before any text is written, by code that shares
nothing with the code that reads records.
"""

from stepwell.population.synthetic.build import DEFAULT_AS_OF, BuildSummary, build, write_list_report_workbook

__all__ = ["DEFAULT_AS_OF", "BuildSummary", "build", "write_list_report_workbook"]
