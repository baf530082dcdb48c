package fakebitbucket

import "net/http"

// putBuild creates or updates a build status.
func (s *Server) putBuild(c *call) Answer {
	if refusal, ok := demandJSON(c); !ok {
		return refusal
	}
	var in statusInput
	if p := first(decodeBody(c.body, &in),
		checkRequired("key", in.Key), checkText("key", in.Key, maxDataCenterStatusKey),
		checkRequired("state", in.State), checkEnum("state", in.State, dataCenterStatusStates),
		checkRequired("url", in.URL), checkText("url", in.URL, maxDataCenterStatusURL), checkLink("url", in.URL, true),
	); p != nil {
		return dataCenterProblem(p)
	}
	s.keepStatus(c, in, text(in.Ref))
	return emptyAnswer(http.StatusNoContent)
}

func (s *Server) getBuild(c *call) Answer {
	key := c.URL.Query().Get("key")
	at := s.statusIndex(DataCenter, c.repository(), c.route.param["commit"], key)
	if at < 0 {
		return dataCenterError(http.StatusNotFound, "", "There is no build status "+key+" for this commit.")
	}
	status := s.state.statuses[at]
	return jsonAnswer(http.StatusOK, map[string]any{
		"key": status.Key, "state": status.State, "name": status.Name, "description": status.Description, "url": status.URL,
		"ref": status.Ref, "createdDate": status.CreatedOn.UnixMilli(), "updatedDate": status.UpdatedOn.UnixMilli(),
	})
}
