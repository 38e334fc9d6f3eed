CREATE TABLE `flow_calls` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`run_key` text NOT NULL,
	`action` text NOT NULL,
	`properties` text NOT NULL,
	`status` text NOT NULL,
	`code` text,
	`params` text,
	`answered` integer,
	`received_at` integer NOT NULL,
	`begun_at` integer NOT NULL,
	`finished_at` integer,
	`request_id` text NOT NULL,
	CONSTRAINT "status_known" CHECK("status" = 'begun' or "status" = 'done' or "status" = 'refused')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `flow_calls_key` ON `flow_calls` (`tenant_id`,`connection_id`,`run_key`);--> statement-breakpoint
CREATE INDEX `flow_calls_received` ON `flow_calls` (`tenant_id`,`received_at`);