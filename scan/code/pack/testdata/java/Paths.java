package shop;

import java.io.*;
import java.nio.file.*;
import java.util.zip.*;
import javax.servlet.http.*;
import org.apache.commons.io.FilenameUtils;
import org.springframework.web.multipart.MultipartFile;

public class Paths {
    private final Path folder = Path.of("/srv/files");

    void read(HttpServletRequest request) throws Exception {
        String name = request.getParameter("name");
        // ruleid: java-path-traversal
        new FileInputStream("/srv/files/" + name);
        // ok: java-path-traversal
        new FileInputStream("/srv/files/" + FilenameUtils.getName(name));
        // ruleid: java-path-traversal
        Files.readString(folder.resolve(name));
        File file = new File("/srv/files", name);
        // ruleid: java-path-traversal
        file.delete();
    }

    void compared(HttpServletRequest request) throws Exception {
        Path path = folder.resolve(request.getParameter("name")).normalize();
        if (!path.startsWith(folder)) {
            throw new IllegalArgumentException("outside of the folder");
        }
        // ok: java-path-traversal
        Files.readString(path);
    }

    void upload(MultipartFile upload) throws Exception {
        // ruleid: java-path-traversal
        upload.transferTo(new File("/srv/files", upload.getOriginalFilename()));
        // ok: java-path-traversal
        upload.transferTo(new File("/srv/files", FilenameUtils.getName(upload.getOriginalFilename())));
    }

    void unpack(ZipInputStream zip) throws Exception {
        ZipEntry entry;
        while ((entry = zip.getNextEntry()) != null) {
            File target = new File("/srv/files", entry.getName());
            // ruleid: java-zip-slip
            try (FileOutputStream out = new FileOutputStream(target)) {
                zip.transferTo(out);
            }
        }
    }

    void unpackInside(ZipInputStream zip) throws Exception {
        ZipEntry entry;
        while ((entry = zip.getNextEntry()) != null) {
            Path target = folder.resolve(entry.getName()).normalize();
            if (!target.startsWith(folder)) {
                throw new IOException("outside of the folder: " + target);
            }
            // ok: java-zip-slip
            Files.copy(zip, target);
        }
    }
}
