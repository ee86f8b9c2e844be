-- 026: which profiles staff merged into one, so that whoever loads one of them finds the others.

alter table profile add column absorbed int8[];
