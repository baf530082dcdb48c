// Package scanqueue is what the REST API and the pages do alike with the queue of scans: [Hub] watches it for everybody who looks, and [Desk]
// wakes the workers and cancels scans. [MayCancel] says who may cancel one.
package scanqueue
