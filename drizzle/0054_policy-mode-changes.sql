CREATE TABLE `policy_mode_changes` (
	`tenant_id` text NOT NULL,
	`automation` text NOT NULL,
	`at` integer NOT NULL,
	`mode` text NOT NULL,
	`changed_by` text,
	`lately` text,
	PRIMARY KEY(`tenant_id`, `automation`, `at`),
	CONSTRAINT "mode_known" CHECK("mode" = 'off' or "mode" = 'shadow' or "mode" = 'approve' or "mode" = 'auto')
);
--> statement-breakpoint
CREATE INDEX `actions_judged` ON `actions` (`tenant_id`,`automation`,`decided_at`) WHERE decided_by <> 'policy';