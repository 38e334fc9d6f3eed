DROP INDEX `audit_log_at`;--> statement-breakpoint
DROP INDEX `audit_log_tenant`;--> statement-breakpoint
CREATE INDEX `audit_log_action` ON `audit_log` (`action`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_tenant` ON `audit_log` (`tenant_id`,`id`);--> statement-breakpoint
DROP INDEX `tenants_created`;--> statement-breakpoint
CREATE INDEX `tenants_status` ON `tenants` (`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tenants_name` ON `tenants` (lower("name"));--> statement-breakpoint
CREATE INDEX `tenants_created` ON `tenants` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `dead_letters_open_tenant` ON `dead_letters` (`of_tenant`) WHERE replayed_at is null;--> statement-breakpoint
CREATE INDEX `runs_unwell_tenant` ON `runs` (`tenant_id`,`id`) WHERE status in ('failed', 'dead');