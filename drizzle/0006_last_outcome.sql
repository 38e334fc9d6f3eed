ALTER TABLE `schedules` ADD `last_status` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `last_error_kind` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `last_error_message` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `last_run_id` text;--> statement-breakpoint
ALTER TABLE `schedules` ADD `last_finished_at` integer;--> statement-breakpoint
UPDATE `schedules` SET `last_status` = r.status, `last_error_kind` = r.error_kind, `last_error_message` = r.error_message, `last_run_id` = r.id, `last_finished_at` = r.finished_at FROM `runs` r WHERE r.id = (SELECT max(id) FROM `runs` n WHERE n.tenant_id = `schedules`.tenant_id AND n.job = `schedules`.job AND (n.status IN ('succeeded', 'failed', 'dead') OR n.error_kind IS NOT NULL));
