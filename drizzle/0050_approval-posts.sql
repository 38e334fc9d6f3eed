CREATE TABLE `approval_posts` (
	`tenant_id` text NOT NULL,
	`action_id` text NOT NULL,
	`automation` text NOT NULL,
	`connection_id` text NOT NULL,
	`channel` text NOT NULL,
	`message` text,
	`shown` text NOT NULL,
	`begun_at` integer NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`check_at` integer,
	PRIMARY KEY(`tenant_id`, `action_id`)
);
--> statement-breakpoint
CREATE INDEX `approval_posts_open` ON `approval_posts` (`check_at`) WHERE check_at is not null;