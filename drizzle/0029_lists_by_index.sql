DROP INDEX `runs_unwell_tenant`;--> statement-breakpoint
CREATE INDEX `runs_ended` ON `runs` (`tenant_id`,`job`,`status`,`id`) WHERE status in ('succeeded', 'failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_ended_job` ON `runs` (`job`,`status`,`id`) WHERE status in ('succeeded', 'failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_unwell_tenant` ON `runs` (`tenant_id`,`status`,`id`) WHERE status in ('failed', 'dead');--> statement-breakpoint
CREATE INDEX `connections_used` ON `connections` (`provider`,`tenant_id`) WHERE status = 'active';