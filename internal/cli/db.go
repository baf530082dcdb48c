package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

func (r *run) dbCommand() *cobra.Command {
	db := &cobra.Command{
		Use:   "db",
		Short: "Download, build and show the advisories for dependencies",
		Long: "A scan looks up dependencies in a file of advisories: the one that DB (--db) names, or else the one in the cache folder,\n" +
			"which the scan keeps up to date. These commands are for machines without internet access, and for inspection.",
		Args: UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	db.AddCommand(r.dbUpdateCommand(), r.dbBuildCommand(), r.dbInfoCommand())
	return db
}

// ecosystems parses names of ecosystems in any case. No name means all ecosystems.
func ecosystems(names []string) ([]scan.Ecosystem, error) {
	all := advisory.Matchable()
	if len(names) == 0 {
		return all, nil
	}
	var list []scan.Ecosystem
	for _, name := range names {
		for part := range strings.SplitSeq(name, ",") {
			i := slices.IndexFunc(all, func(e scan.Ecosystem) bool { return strings.EqualFold(string(e), strings.TrimSpace(part)) })
			if i < 0 {
				words := make([]string, len(all))
				for k := range all {
					words[k] = string(all[k])
				}
				return nil, &variable.UsageError{Err: fmt.Errorf("--ecosystem: %q is not a known ecosystem; use %s", part, strings.Join(words, ", "))}
			}
			list = append(list, all[i])
		}
	}
	return list, nil
}

// dbFile returns the file that a command uses: DB, or else the one in the cache folder.
func (r *run) dbFile(lookup variable.Lookup) (string, pipe.Config, error) {
	config, err := pipe.Load(variable.Chain(lookup, r.cacheDir()))
	if err != nil {
		return "", config, &variable.UsageError{Err: err}
	}
	if config.Scan.DB != "" {
		return config.Scan.DB, config, nil
	}
	if dir := config.Scan.CacheDir; dir != "" && !strings.EqualFold(dir, "off") {
		return filepath.Join(dir, engine.AdvisoryFile), config, nil
	}
	return "", config, &variable.UsageError{Err: errors.New("no advisory file: name it with --db, or a cache folder with CACHE_DIR")}
}

// cacheDir returns the user's cache folder as the default of CACHE_DIR.
func (r *run) cacheDir() variable.Lookup {
	return func(name string) (string, bool) { return engine.UserCacheDir(r.Getenv), name == "CACHE_DIR" }
}

func (r *run) dbUpdateCommand() *cobra.Command {
	var names []string
	cmd := &cobra.Command{
		Use:     "update",
		Short:   "Download the advisories of ecosystems from osv.dev",
		Example: "  sluice db update --ecosystem npm,PyPI\n  sluice db update --db advisories.db",
		Args:    UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := ecosystems(names)
			if err != nil {
				return err
			}
			path, config, err := r.dbFile(variable.Chain(flagLookup(cmd), r.Getenv))
			if err != nil {
				return err
			}
			client := &osv.Client{Download: config.Scan.DBURL, HTTP: r.Network.Advisories, Agent: "sluice/" + Version()}
			err = client.Update(cmd.Context(), path, list, time.Now(), func(what string) { _, _ = fmt.Fprintln(r.Stderr, what) })
			if err != nil {
				return fmt.Errorf("%w; %s still has what was downloaded before", err, path)
			}
			return r.dbInfo(path, false)
		},
	}
	addRuleFlags(cmd, "DB", "DB_URL", "CACHE_DIR")
	cmd.Flags().StringSliceVar(&names, "ecosystem", nil, "ecosystems to download; when empty, all")
	return cmd
}

func (r *run) dbBuildCommand() *cobra.Command {
	var names []string
	var out string
	cmd := &cobra.Command{
		Use:   "build ZIP|DIR...",
		Short: "Build an advisory file from OSV records",
		Long: "Builds an advisory file from OSV records: zips such as osv.dev's all.zip, folders, single JSON files. It downloads\n" +
			"nothing. If a zip has all data of one ecosystem, name that ecosystem: its records also mention packages of other\n" +
			"ecosystems, whose data would then look complete although it is not.",
		Example: "  sluice db build --ecosystem npm --output advisories.db npm/all.zip",
		Args:    UsageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return &variable.UsageError{Err: errors.New("no output file: name it with --output")}
			}
			list, err := ecosystems(names)
			if err != nil {
				return err
			}
			return r.dbBuild(cmd.Context(), out, list, args)
		},
	}
	cmd.Flags().StringSliceVar(&names, "ecosystem", nil, "ecosystems to keep; when empty, all")
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file to write; it keeps its ecosystems that are not built")
	return cmd
}

func (r *run) dbBuild(ctx context.Context, out string, list []scan.Ecosystem, paths []string) error {
	b := advisory.NewBuilder(list...)
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.AddPath(path); err != nil {
			return err
		}
	}
	for _, problem := range b.Stats.Refused {
		_, _ = fmt.Fprintln(r.Stderr, "not used: "+display.Line(problem))
	}
	if more := b.Stats.RefusedCount - len(b.Stats.Refused); more > 0 {
		_, _ = fmt.Fprintf(r.Stderr, "not used: and %s\n", scan.Plural(more, "more file", "more files"))
	}
	sections, err := b.Sections(time.Now())
	if err != nil {
		return err
	}
	if len(sections) == 0 {
		return &variable.UsageError{Err: fmt.Errorf("there is no advisory in %s (%s read, %s withdrawn)", strings.Join(paths, ", "),
			scan.Plural(b.Stats.Records, "record", "records"), scan.Thousands(int64(b.Stats.Withdrawn)))}
	}
	if err := advisory.Write(out, sections); err != nil {
		return err
	}
	return r.dbInfo(out, false)
}

func (r *run) dbInfoCommand() *cobra.Command {
	verify := false
	cmd := &cobra.Command{
		Use:     "info",
		Short:   "Show what is in an advisory file",
		Example: "  sluice db info\n  sluice db info --db advisories.db --verify",
		Args:    UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, _, err := r.dbFile(variable.Chain(flagLookup(cmd), r.Getenv))
			if err != nil {
				return err
			}
			return r.dbInfo(path, verify)
		},
	}
	addRuleFlags(cmd, "DB", "CACHE_DIR")
	cmd.Flags().BoolVar(&verify, "verify", false, "read the whole file and verify it")
	return cmd
}

func (r *run) dbInfo(path string, verify bool) error {
	db, err := advisory.Open(path)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	defer func() { _ = db.Close() }()
	if verify {
		if err := db.Verify(); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return writeDBInfo(r.Stdout, db)
}

func writeDBInfo(w io.Writer, db *advisory.DB) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%-16s  %9s  %10s  %-10s  %s\n", db.Path, "ecosystem", "packages", "advisories", "newest", "fetched")
	for _, s := range db.Sections() {
		newest := "unknown"
		if !s.Modified.IsZero() {
			newest = s.Modified.Format(time.DateOnly)
		}
		fmt.Fprintf(&b, "%-16s  %9s  %10s  %-10s  %s\n", s.Ecosystem, scan.Thousands(int64(s.Packages)), scan.Thousands(int64(s.Advisories)),
			newest, s.Fetched.Format("2006-01-02 15:04 MST"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
