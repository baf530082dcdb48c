// Package fakebitbucket is an in-memory Bitbucket: Cloud, Data Center and the authorising proxy of Pipelines. It covers
// Code Insights reports, build statuses, pull-request comments and OAuth tokens. The tests of everything that publishes
// use it, and so does the local preview. It enforces the limits of the real services, injects their faults, and records
// every request and every state of a report.
//
// Start with [New]. A [Server] is an [http.Handler] for a listener, [Server.Transport] is the same without a port,
// [Server.ProxyHandler] and [Server.ProxyTransport] are the Pipelines proxy. Package fault adds
// faults; [Server.Reports], [Server.Annotations], [Server.States] and [Server.Requests] tell what happened.
//
// Every method of Server is safe for concurrent use. The server keeps everything in memory, does no network I/O itself,
// and never records the value of a credential. It is not a git server.
//
// # Cloud: documented or seen live
//
//   - the paths, methods and success codes of the reports API; a report or an annotation is found by its external id or
//     by its UUID in percent-encoded braces;
//   - at most 100 annotations a bulk (the "/100" error body), 1000 a report, 10 data items;
//   - summary 1 to 450, details at most 2000 UTF-16 units, with the service's error texts; the enumerations;
//   - annotations of an unknown report answer 404 report-service.report.not-found;
//   - PUT and bulk are upserts by external id; deleting a report deletes its annotations;
//   - paging by page and pagelen (default 10, at most 100), next as an absolute https URL, no guaranteed order: rows come
//     by UUID, so that no client relies on the order of insertion;
//   - nanosecond timestamps, version 5 UUIDs (from which we infer that a re-created report gets its old one back);
//   - four shapes of error body, 403 with an object as detail, the throttle's text as JSON and as plain text;
//   - a build status has a key of at most 40 characters.
//
// # Cloud: choices where the real answer is unknown
//
// Each of these is a field of [Behaviour]; [Variants] reverses them one at a time. If one answer is stricter than the
// other, the zero value is the stricter one, because a client that handles it handles the other one too. Line 0 and a
// leading "/" or "./" in a path are rejected, an external id has at most 450 units, one invalid element rejects the
// whole bulk request and so does a repeated external id, annotation 1001 rejects its bulk request with 400, a pagelen
// above 100 gives 400, PUT replaces, titles have at most 450 units, links to localhost are rejected. DELETE of a missing
// report gives 204; publishers report 404 as well.
//
// Chosen without a switch: an external id contains no "/"; an unsupported content type gives 415; a page after the last
// is empty; U+0000 and invalid UTF-8 are rejected, and so are field names that differ from the right ones only in case;
// an external_id in the body that differs from the path gives 400; an unknown commit or repository gives 404 in the
// envelope shape; a commit is a hash of 4 to 40 hexadecimal digits; only its author can change a comment; deleting a
// comment leaves a row marked deleted; the error texts that are not quoted in the list above.
//
// # Data Center: documented or seen live
//
//   - PASS and FAIL, 6 data items, linktext, full 40-character hashes, {"annotations": [...]} answered with 204 and empty,
//     an unpaged list of annotations, errors[] bodies, 413 for the whole request above 1000 annotations (an
//     administrator's setting: [WithDataCenterLimit]), no de-duplication, X-Atlassian-Token on deletes, a report that only
//     its creator may replace (401), 405 if the sub path of the installation is left out.
//
// Chosen: a report key of more than 50 characters gives 400 (Behaviour.DataCenterKeyLimit); PUT of one annotation
// replaces the first one with that external id; activities list comments newest first.
//
// # The proxy
//
// Documented: it accepts absolute-form requests for http://api.bitbucket.org and authorises the reports API itself; it
// does not serve https (CONNECT), build statuses or pull requests. Chosen: an Authorization header through it gives 400,
// CONNECT 405, and everything that it does not cover 403.
package fakebitbucket
