//! The wiring: walk, parse, link, interpret, judge, report.
