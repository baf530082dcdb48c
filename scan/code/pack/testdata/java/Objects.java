package shop;

import com.esotericsoftware.kryo.Kryo;
import java.beans.XMLDecoder;
import java.io.*;
import java.util.Base64;
import javax.servlet.http.*;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

public class Objects {
    void read(HttpServletRequest request) throws Exception {
        // ruleid: java-unsafe-deserialization
        new ObjectInputStream(request.getInputStream()).readObject();
        // ok: java-unsafe-deserialization
        new ObjectInputStream(new FileInputStream("/srv/state")).readObject();
        byte[] bytes = Base64.getDecoder().decode(request.getParameter("state"));
        ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes));
        // ruleid: java-unsafe-deserialization
        in.readObject();
        // ruleid: java-unsafe-deserialization
        new XMLDecoder(request.getInputStream()).readObject();
    }

    void filtered(HttpServletRequest request, ObjectInputFilter filter) throws Exception {
        ObjectInputStream in = new ObjectInputStream(request.getInputStream());
        in.setObjectInputFilter(filter);
        // ok: java-unsafe-deserialization
        in.readObject();
    }

    void yaml(HttpServletRequest request) {
        String text = request.getParameter("yaml");
        // ruleid: java-unsafe-deserialization
        new Yaml().load(text);
        Yaml safe = new Yaml(new SafeConstructor());
        // ok: java-unsafe-deserialization
        safe.load(text);
    }
}
