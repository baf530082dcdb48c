package workspace

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"
)

// Served is a site behind a proxy.
type Served struct {
	// Proxy is the address of the proxy, for HTTPS_PROXY. It leads to the hosts of the product and nowhere else.
	Proxy string
	// Authority is the certificate of the authority of the hosts, as PEM.
	Authority []byte
	// Transport reaches the site through the proxy.
	Transport *http.Transport
	// Stop ends it, after all deliveries of webhooks.
	Stop func()
}

// Serve serves the site at local ports until Stop.
func (s *Site) Serve() (*Served, error) {
	authority, certificate, err := certificates()
	if err != nil {
		return nil, err
	}
	hosts := httptest.NewUnstartedServer(s)
	hosts.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	hosts.StartTLS()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.tunnel(w, r, hosts.Listener.Addr().String()) }))
	address, err := url.Parse(proxy.URL)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	transport := &http.Transport{Proxy: http.ProxyURL(address), TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, MaxIdleConnsPerHost: 8}
	return &Served{proxy.URL, authority, transport, func() {
		s.Settle()
		transport.CloseIdleConnections()
		proxy.CloseClientConnections()
		hosts.CloseClientConnections()
		proxy.Close()
		hosts.Close()
	}}, nil
}

// tunnel connects a client with the hosts of the product.
func (s *Site) tunnel(w http.ResponseWriter, r *http.Request, to string) {
	host, port, _ := strings.Cut(r.Host, ":")
	if r.Method != http.MethodConnect || host != APIHost && host != GitHost || port != "443" {
		s.mu.Lock()
		s.elsewhere = append(s.elsewhere, r.Method+" "+r.Host)
		s.mu.Unlock()
		http.Error(w, "this proxy leads to Bitbucket alone", http.StatusForbidden)
		return
	}
	server, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(r.Context(), "tcp", to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = server.Close()
		return
	}
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(server, buffered)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
	_ = client.Close()
}

// certificates makes an authority, and a certificate of the hosts that it signed.
func certificates() (authority []byte, host tls.Certificate, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, host, err
	}
	from, until := time.Now().Add(-24*time.Hour), time.Now().Add(10*24*time.Hour)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test's authority"}, NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	if err != nil {
		return nil, host, err
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: APIHost}, DNSNames: []string{APIHost, GitHost}, NotBefore: from, NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, host, err
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, &leafKey.PublicKey, key)
	if err != nil {
		return nil, host, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: leafKey}, nil
}
