CREATE TABLE `workspace_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`company` text NOT NULL,
	`locale` text NOT NULL,
	`created_at` integer NOT NULL,
	`decision` text,
	`decided_at` integer,
	`decided_by` text,
	`of_tenant` text,
	CONSTRAINT "decision_known" CHECK("decision" = 'approved' or "decision" = 'declined')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `workspace_requests_waiting` ON `workspace_requests` (`email`) WHERE decision is null;--> statement-breakpoint
CREATE INDEX `workspace_requests_created` ON `workspace_requests` (`created_at`);