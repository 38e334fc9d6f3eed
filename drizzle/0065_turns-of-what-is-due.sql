-- Whoever has work that is due, or will be, stands in the queue: the sweep sends their turns.
INSERT INTO `turns` (`tenant_id`, `queue`, `number`, `at`) SELECT DISTINCT `tenant_id`, 'runs', 1, 0 FROM `runs` WHERE status in ('queued', 'running');
--> statement-breakpoint
INSERT INTO `turns` (`tenant_id`, `queue`, `number`, `at`) SELECT DISTINCT `tenant_id`, 'actions', 1, 0 FROM `actions` WHERE available_at is not null;
