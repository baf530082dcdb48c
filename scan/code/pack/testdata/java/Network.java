package shop;

import java.net.*;
import java.net.http.*;
import javax.mail.internet.MimeMessage;
import javax.servlet.http.*;
import org.springframework.web.client.RestTemplate;

public class Network {
    private RestTemplate rest;

    void fetch(HttpServletRequest request) throws Exception {
        // ruleid: java-ssrf
        new URL(request.getParameter("url")).openStream();
        // ok: java-ssrf
        new URL("https://api.example.com/" + request.getParameter("item")).openStream();
        // ruleid: java-ssrf
        rest.getForObject("http://" + request.getParameter("host") + "/status", String.class);
        // ok: java-ssrf
        rest.getForObject("http://status.example.com/{id}", String.class, request.getParameter("id"));
        URI target = URI.create(request.getParameter("target"));
        // ruleid: java-ssrf
        HttpRequest.newBuilder(target).build();
    }

    void mail(HttpServletRequest request, MimeMessage message) throws Exception {
        String subject = request.getParameter("subject");
        // ruleid: java-mail-header-injection
        message.setSubject("Order " + subject);
        // ok: java-mail-header-injection
        message.setSubject("Order " + subject.replaceAll("[\r\n]", ""));
    }
}
