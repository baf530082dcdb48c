package shop;

import com.mongodb.BasicDBObject;
import com.mongodb.client.model.Filters;
import java.sql.*;
import java.util.*;
import javax.naming.Context;
import javax.naming.directory.*;
import javax.persistence.EntityManager;
import javax.servlet.http.*;
import javax.ws.rs.*;
import javax.xml.xpath.*;
import org.bson.Document;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.ldap.support.LdapEncoder;
import org.springframework.web.bind.annotation.*;
import org.w3c.dom.Node;

@Path("/orders")
public class Injection extends HttpServlet {
    private Connection connection;
    private EntityManager entities;
    private JdbcTemplate jdbc;

    @GetMapping("/find")
    public String find(@RequestParam String name, @RequestParam int limit) throws Exception {
        // ruleid: java-sql-injection
        connection.createStatement().executeQuery("SELECT * FROM goods WHERE name = '" + name + "'");
        // ok: java-sql-injection
        connection.createStatement().executeQuery("SELECT * FROM goods LIMIT " + limit);
        // ok: java-sql-injection
        jdbc.queryForList("SELECT * FROM goods WHERE name = ?", name);
        // ruleid: java-sql-injection
        jdbc.query("SELECT * FROM goods WHERE name = '" + name + "'", row -> null);
        return "goods";
    }

    @GET
    @Path("/{column}")
    public List<?> sorted(@PathParam("column") String column) {
        // ruleid: java-sql-injection
        entities.createQuery("FROM Order o ORDER BY " + column).getResultList();
        Map<String, String> columns = Map.of("name", "o.name", "date", "o.created");
        // ok: java-sql-injection
        return entities.createQuery("FROM Order o ORDER BY " + columns.get(column)).getResultList();
    }

    String header(HttpServletRequest request) {
        Enumeration<String> headers = request.getHeaders("X-Shop");
        StringBuilder all = new StringBuilder("shop = '");
        while (headers.hasMoreElements()) {
            all.append(headers.nextElement());
        }
        return all.append("'").toString();
    }

    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {
        // ruleid: java-sql-injection
        connection.prepareStatement("SELECT * FROM orders WHERE " + header(request));
        for (Cookie cookie : request.getCookies()) {
            if (cookie.getName().equals("shop")) {
                // ruleid: java-sql-injection
                connection.prepareCall("{call orders_of('" + cookie.getValue() + "')}");
            }
        }
        String kind = request.getParameter("kind");
        String table;
        switch (kind) {
            case "old":
                table = "old_orders";
                break;
            default:
                table = "orders";
        }
        // ok: java-sql-injection
        connection.prepareStatement("SELECT * FROM " + table);
    }

    void documents(HttpServletRequest request, com.mongodb.client.MongoCollection<Document> goods) {
        String name = request.getParameter("name");
        // ruleid: java-nosql-injection
        goods.find(BasicDBObject.parse("{name: '" + name + "'}"));
        // ok: java-nosql-injection
        goods.find(Filters.eq("name", name));
    }

    void directory(HttpServletRequest request, DirContext directory, SearchControls controls) throws Exception {
        String user = request.getParameter("user");
        // ruleid: java-ldap-injection
        directory.search("ou=people", "(uid=" + user + ")", controls);
        // ok: java-ldap-injection
        directory.search("ou=people", "(uid={0})", new Object[] {user}, controls);
        // ok: java-ldap-injection
        directory.search("ou=people", "(uid=" + LdapEncoder.filterEncode(user) + ")", controls);
    }

    void nodes(HttpServletRequest request, XPath path, Node node) throws Exception {
        String user = request.getParameter("user");
        // ruleid: java-xpath-injection
        path.evaluate("//user[@name='" + user + "']", node);
        // ok: java-xpath-injection
        path.evaluate("//user[@id='" + Integer.parseInt(user) + "']", node);
    }

    void names(HttpServletRequest request, Context names) throws Exception {
        // ruleid: java-jndi-injection
        names.lookup(request.getParameter("queue"));
        // ok: java-jndi-injection
        names.lookup("java:comp/env/queue");
    }

    void commands(HttpServletRequest request) throws Exception {
        String host = request.getParameter("host");
        String[] programs = new String[] {"ls", host};
        for (String program : programs) {
            // ruleid: java-command-injection
            Runtime.getRuntime().exec(program);
        }
        String[] listing = new String[] {"ls", host};
        // ok: java-command-injection
        Runtime.getRuntime().exec(listing);
        // ruleid: java-command-injection
        Runtime.getRuntime().exec("ping -c 1 " + host);
        // ok: java-command-injection
        new ProcessBuilder("ping", "-c", "1", host).start();
        // ruleid: java-command-injection
        new ProcessBuilder("sh", "-c", "ping " + host).start();
        List<String> words = new ArrayList<>();
        words.add("ping");
        words.add(host);
        // ok: java-command-injection
        new ProcessBuilder(List.of("ping", host)).start();
    }

    @PostMapping("/stop")
    void stop(@RequestParam int process) throws Exception {
        // ruleid: java-command-number
        Runtime.getRuntime().exec("kill " + process);
        if (process == 7) {
            // ok: java-command-number
            Runtime.getRuntime().exec("kill 7");
        }
    }
}
