// Package rule describes kinds of credentials. A [Rule] is data: literals, an expression or the name of a matcher, texts for
// people, and samples in the notation of [Sample]. A user's rule has a [Custom] part and comes from [ParseRules]; a
// detector holds its rules as [Live]. [Verification] says how a provider tells whether a credential still works.
package rule
