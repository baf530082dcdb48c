package fakebitbucket

import "net/http"

// shortHash returns a commit's hash as Cloud shows it in a pull request.
func shortHash(commit string) string { return commit[:min(len(commit), 12)] }

func (s *Server) getPullRequest(c *call) Answer {
	number, _ := s.pullRequestNumber(c)
	pr, known := s.config.pullRequests[number]
	if !known {
		return pullRequestNotFound(c)
	}
	end := func(branch, commit string) map[string]any {
		return map[string]any{
			"branch":     map[string]any{"name": branch},
			"commit":     map[string]any{"type": "commit", "hash": shortHash(commit)},
			"repository": map[string]any{"type": "repository", "full_name": c.repository()},
		}
	}
	return jsonAnswer(http.StatusOK, map[string]any{
		"type": "pullrequest", "id": pr.ID, "state": "OPEN",
		"source":      end(pr.SourceBranch, pr.SourceCommit),
		"destination": end(pr.DestinationBranch, pr.DestinationCommit),
	})
}
