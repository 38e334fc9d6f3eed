CREATE TABLE `__new_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`job` text NOT NULL,
	`slot` integer NOT NULL,
	`trigger` text NOT NULL,
	`status` text NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`step` integer DEFAULT 0 NOT NULL,
	`available_at` integer NOT NULL,
	`sent_at` integer,
	`lease` text,
	`error_kind` text,
	`error_message` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`requested_by` text,
	`params` text,
	`defect` text,
	`request_id` text,
	`error_params` text,
	`calls` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "trigger_known" CHECK("trigger" = 'schedule' or "trigger" = 'manual' or "trigger" = 'replay'),
	CONSTRAINT "status_known" CHECK("status" = 'queued' or "status" = 'running' or "status" = 'succeeded' or "status" = 'failed' or "status" = 'dead' or "status" = 'cancelled')
);
--> statement-breakpoint
INSERT INTO `__new_runs`("id", "tenant_id", "job", "slot", "trigger", "status", "attempt", "step", "available_at", "sent_at", "lease", "error_kind", "error_message", "created_at", "started_at", "finished_at", "requested_by", "params", "defect", "request_id", "error_params", "calls") SELECT "id", "tenant_id", "job", "slot", "trigger", "status", "attempt", "step", "available_at", "sent_at", "lease", "error_kind", "error_message", "created_at", "started_at", "finished_at", "requested_by", "params", "defect", "request_id", "error_params", 0 FROM `runs`;--> statement-breakpoint
DROP TABLE `runs`;--> statement-breakpoint
ALTER TABLE `__new_runs` RENAME TO `runs`;--> statement-breakpoint
CREATE UNIQUE INDEX `runs_slot` ON `runs` (`tenant_id`,`job`,`slot`,`trigger`);--> statement-breakpoint
CREATE UNIQUE INDEX `runs_open` ON `runs` (`tenant_id`,`job`) WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `runs_sweep` ON `runs` (`status`,`available_at`) WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `runs_tenant` ON `runs` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `runs_unwell` ON `runs` (`status`,`id`) WHERE status in ('failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_unwell_tenant` ON `runs` (`tenant_id`,`status`,`id`) WHERE status in ('failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_ended` ON `runs` (`tenant_id`,`job`,`status`,`id`) WHERE status in ('succeeded', 'failed', 'dead', 'cancelled');--> statement-breakpoint
CREATE INDEX `runs_ended_job` ON `runs` (`job`,`status`,`id`) WHERE status in ('succeeded', 'failed', 'dead', 'cancelled');--> statement-breakpoint
CREATE INDEX `runs_request` ON `runs` (`request_id`) WHERE request_id is not null;--> statement-breakpoint
CREATE TABLE `__new_schedules` (
	`tenant_id` text NOT NULL,
	`job` text NOT NULL,
	`every_s` integer NOT NULL,
	`next_at` integer NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`blocked` text,
	`config` text NOT NULL,
	`cursor` text,
	`source` text,
	`timezone` text,
	`last_run_at` integer,
	`last_success_at` integer,
	`last_status` text,
	`last_error_kind` text,
	`last_error_message` text,
	`last_run_id` text,
	`last_finished_at` integer,
	`daily_at` text,
	`zone` text,
	`last_error_params` text,
	PRIMARY KEY(`tenant_id`, `job`),
	CONSTRAINT "blocked_known" CHECK("blocked" = 'suspended' or "blocked" = 'not_connected' or "blocked" = 'reconnect_needed' or "blocked" = 'missing_scopes' or "blocked" = 'choice_needed' or "blocked" = 'choice_gone' or "blocked" = 'not_in_plan' or "blocked" = 'retired'),
	CONSTRAINT "last_status_known" CHECK("last_status" = 'queued' or "last_status" = 'running' or "last_status" = 'succeeded' or "last_status" = 'failed' or "last_status" = 'dead' or "last_status" = 'cancelled')
);
--> statement-breakpoint
INSERT INTO `__new_schedules`("tenant_id", "job", "every_s", "next_at", "enabled", "blocked", "config", "cursor", "source", "timezone", "last_run_at", "last_success_at", "last_status", "last_error_kind", "last_error_message", "last_run_id", "last_finished_at", "daily_at", "zone", "last_error_params") SELECT "tenant_id", "job", "every_s", "next_at", "enabled", "blocked", "config", "cursor", "source", "timezone", "last_run_at", "last_success_at", "last_status", "last_error_kind", "last_error_message", "last_run_id", "last_finished_at", "daily_at", "zone", "last_error_params" FROM `schedules`;--> statement-breakpoint
DROP TABLE `schedules`;--> statement-breakpoint
ALTER TABLE `__new_schedules` RENAME TO `schedules`;--> statement-breakpoint
CREATE INDEX `schedules_due` ON `schedules` (`next_at`) WHERE enabled = 1 and blocked is null;