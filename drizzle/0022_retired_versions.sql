CREATE TABLE `retired_versions` (
	`provider` text NOT NULL,
	`version` text NOT NULL,
	`noticed_at` integer NOT NULL,
	PRIMARY KEY(`provider`, `version`)
);
